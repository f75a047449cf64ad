/** Several tabs of one browser on one label: one sends at a time, the others hear of it. */

export interface News {
  rev: number;
  /** It was completed or opened again. */
  isStep: boolean;
}

export class Company {
  private readonly channel: BroadcastChannel;
  private readonly lock: string;

  constructor(user: number, label: number, onNews: (news: News) => void) {
    this.lock = `s3label: user ${user} saves label ${label}`;
    this.channel = new BroadcastChannel(`s3label: user ${user}, label ${label}`);
    this.channel.onmessage = ({ data }) => onNews(data as News);
  }

  tell(rev: number, isStep = false): void {
    this.channel.postMessage({ rev, isStep } satisfies News);
  }

  /** While no other tab does it. Without HTTPS there are no locks, and the server sorts it out. */
  async alone<T>(act: () => Promise<T>): Promise<T> {
    return navigator.locks ? navigator.locks.request(this.lock, act) : act();
  }

  close(): void {
    this.channel.close();
  }
}

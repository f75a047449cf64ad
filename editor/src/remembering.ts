/** Small choices that stay from image to image in this tab; none are kept where storage is off. */

const storage = (): Storage | null => {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
};

export const recall = (name: string): string | null => storage()?.getItem(`s3label ${name}`) ?? null;

export function remember(name: string, value: string | number): void {
  try {
    storage()?.setItem(`s3label ${name}`, String(value));
  } catch {
    // Full, or not allowed: it is forgotten.
  }
}

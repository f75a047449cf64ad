"""A job runs once, says how it goes, can be stopped, and survives the death of its worker."""

from datetime import timedelta
from unittest import mock

from django.core.management import call_command
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import TestCase, TransactionTestCase
from django_tasks_db.models import DBTaskResult

from datasets import importing, jobs
from datasets.jobs import JobFailed, enqueue, requeue_lost_jobs, run_job
from datasets.models import Dataset, FolderImport


class JobMixin:
    def setUp(self):
        dataset = Dataset.objects.create(site="x", sensor="y")
        self.job = enqueue(FolderImport(dataset=dataset, folder="/nowhere"))
        self.again = FolderImport.objects.get(pk=self.job.pk)

    def work(self, work):
        """What the job does, instead of importing."""
        return mock.patch.object(importing, "work_on", work)

    def reload(self):
        return FolderImport.objects.get(pk=self.job.pk)


class JobTests(JobMixin, TestCase):
    def test_row_and_task_are_made_together(self):
        task = DBTaskResult.objects.get()
        self.assertEqual(str(task.id).replace("-", ""), self.job.queue_id.replace("-", ""))
        self.assertEqual(task.args_kwargs["args"], ["datasets.FolderImport", self.job.pk])
        with (
            mock.patch.object(type(run_job), "enqueue", side_effect=ValueError),
            self.assertRaises(ValueError),
        ):
            enqueue(FolderImport(dataset=self.job.dataset, folder="/b"))
        self.assertEqual(FolderImport.objects.count(), 1)

    def test_a_job_that_ran_through_is_done(self):
        with self.work(lambda job: job.report(done=3, total=3, message="Read", force=True)):
            self.assertTrue(self.job.run())
        job = self.reload()
        self.assertEqual((job.status, job.done, job.percent), ("done", 3, 100))
        self.assertEqual((job.message, job.attempts), ("Read", 1))
        self.assertIsNotNone(job.ended_at)

    def test_of_two_workers_one_runs_it(self):
        ran = []
        with self.work(lambda job: ran.append(self.again.run())):
            self.job.run()
            self.again.run()
        self.assertEqual(ran, [False])

    def test_a_failure_is_recorded_in_words(self):
        def fail(job):
            raise JobFailed("The storage is away.")

        with self.work(fail):
            self.job.run()
        self.assertEqual((self.reload().status, self.reload().error),
                         ("failed", "The storage is away."))  # fmt: skip

    def test_a_fault_of_ours_is_recorded_without_a_trace_and_reaches_the_log(self):
        with self.work(lambda job: 1 / 0), self.assertRaises(ZeroDivisionError):
            self.job.run()
        self.assertEqual(self.reload().status, "failed")
        self.assertIn("ZeroDivisionError", self.reload().error)
        self.assertNotIn("Traceback", self.reload().error)

    def test_cancelling_while_it_waits_is_at_once(self):
        self.again.cancel()
        self.assertEqual(self.again.status, "cancelled")
        with self.work(lambda job: self.fail("ran")):
            self.assertFalse(self.job.run())

    def test_cancelling_while_it_runs_stops_it_at_the_next_report(self):
        def work(job):
            self.again.cancel()
            job.report(force=True)
            self.fail("went on")

        with self.work(work):
            self.job.run()
        self.assertEqual(self.reload().status, "cancelled")

    def test_reports_are_stored_once_a_second(self):
        def work(job):
            with self.assertNumQueries(0):
                for done in range(1000):
                    job.report(done=done)
            with self.assertNumQueries(1):
                job.report(done=1000, force=True)

        with self.work(work):
            self.job.run()
        self.assertEqual(self.reload().done, 1000)

    def test_an_ended_job_can_be_started_again(self):
        self.again.cancel()
        enqueue(self.again)
        with self.work(lambda job: None):
            self.assertTrue(self.again.run())
        self.assertEqual(self.reload().status, "done")


class LostJobTests(JobMixin, TestCase):
    def die(self, seconds=61):
        """The worker is killed: the job keeps running in the table, and is silent."""
        job = self.reload()
        self.assertTrue(job.begin())
        FolderImport.objects.update(heartbeat_at=Now() - timedelta(seconds=seconds))
        return job

    def test_a_silent_job_is_given_to_another_worker(self):
        self.die()
        self.assertEqual(requeue_lost_jobs(), 1)
        self.assertEqual(requeue_lost_jobs(), 0)
        self.assertEqual(self.reload().status, "queued")
        self.assertEqual(DBTaskResult.objects.count(), 2)
        with self.work(lambda job: None):
            self.assertTrue(self.reload().run())

    def test_a_job_that_lives_is_left_alone(self):
        self.die(seconds=5)
        self.assertEqual(requeue_lost_jobs(), 0)
        self.assertEqual(self.reload().status, "running")

    def test_a_worker_that_was_only_slow_writes_nothing_any_more(self):
        slow = self.die()
        requeue_lost_jobs()
        with self.work(lambda job: job.report(done=7)):
            self.reload().run()
        with self.assertRaises(jobs.Cancelled):
            slow.report(done=1, force=True)
        self.assertFalse(slow.end("failed"))
        self.assertEqual((self.reload().status, self.reload().done), ("done", 7))

    def test_after_three_attempts_it_failed(self):
        for attempt in range(3):
            self.die()
            self.assertEqual(requeue_lost_jobs(), 0 if attempt == 2 else 1)
        self.assertEqual(self.reload().status, "failed")
        self.assertIn("died 3 times", self.reload().error)

    def test_a_lost_job_that_was_cancelled_is_not_run_again(self):
        self.die().cancel()
        requeue_lost_jobs()
        self.assertEqual(self.reload().status, "cancelled")

    def test_a_job_whose_task_is_gone_or_ended_is_queued_again(self):
        DBTaskResult.objects.all().delete()
        self.assertEqual(requeue_lost_jobs(), 1)
        DBTaskResult.objects.update(status="FAILED")
        self.assertEqual(requeue_lost_jobs(), 1)
        self.assertEqual(requeue_lost_jobs(), 0)

    def test_a_worker_that_is_told_to_stop_gives_its_job_back(self):
        with self.work(mock.Mock(side_effect=SystemExit)), self.assertRaises(SystemExit):
            self.job.run()
        self.assertEqual((self.reload().status, self.reload().attempts), ("queued", 0))
        DBTaskResult.objects.update(status="FAILED")  # as the worker of the queue leaves it
        self.assertEqual(requeue_lost_jobs(), 1)

    def test_a_database_that_was_away_leaves_the_job_to_be_tried_again(self):
        def lose(job):
            raise OperationalError("the connection is lost")

        with self.work(lose), self.assertRaises(OperationalError):
            self.job.run()
        self.assertEqual(self.reload().status, "running")


class WorkerTests(JobMixin, TransactionTestCase):
    def test_the_worker_of_the_queue_runs_it(self):
        ran = []
        with self.work(lambda job: ran.append(job.pk)):
            call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False)
        self.assertEqual(ran, [self.job.pk])
        self.assertEqual(self.reload().status, "done")

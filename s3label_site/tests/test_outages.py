"""The database is away: the site says so, briefly to monitors, in words to people and scripts."""

import socket
import sqlite3
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from datasets.space import Space
from s3label_site.health import database_answers
from s3label_site.testing import S3LabelTestCase


def away(execute, sql, params, many, context):
    raise OperationalError("connection to server on socket failed")


def faulty(execute, sql, params, many, context):
    raise AssertionError("a fault of ours")


class AwayTests(S3LabelTestCase):
    def setUp(self):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.ann)
        self.api = f"/api/v1/labels/{self.label.pk}"

    def test_the_api_answers_in_words_and_says_when_to_come_again(self):
        with connection.execute_wrapper(away):
            response = self.client.get(self.api)
        self.assertEqual((response.status_code, response["Retry-After"]), (503, "5"))
        self.assertEqual(response.json()["error"], "unavailable")
        self.assertIn("again", response.json()["message"])
        self.assertEqual(self.client.get(self.api).status_code, 200)

    def test_a_database_that_cannot_be_opened_on_a_full_disk_is_not_called_away(self):
        cause = sqlite3.OperationalError("disk I/O error")
        cause.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE

        def unopened(execute, sql, params, many, context):
            raise OperationalError("disk I/O error") from cause

        for free, status in ((0, 507), (2**30, 503)):
            room = [Space("/data", free, 2**40)]
            with (
                mock.patch("s3label_site.outages.spaces", return_value=room),
                connection.execute_wrapper(unopened),
            ):
                self.assertEqual(self.client.get(self.api).status_code, status)

    def test_a_page_says_that_nothing_is_lost(self):
        with connection.execute_wrapper(away):
            for url in ("/", reverse("labeling:annotate", args=[self.label.pk]), "/admin/"):
                response = self.client.get(url)
                self.assertContains(response, "What you saved before is safe", status_code=503)
                self.assertEqual(response["Retry-After"], "5")
                self.assertNotContains(response, "socket", status_code=503)

    def test_a_fault_is_not_taken_for_an_outage(self):
        with connection.execute_wrapper(faulty):
            response = self.client.get(self.api)
            page = self.client.get("/")
        self.assertEqual((response.status_code, response.json()["error"]), (500, "fault"))
        self.assertNotIn("Retry-After", response)
        self.assertContains(page, "Something went wrong", status_code=500)

    def test_the_process_is_alive_whatever_the_database_does(self):
        with connection.execute_wrapper(away):
            response = self.client.get("/healthz")
        self.assertEqual((response.status_code, response.content), (200, b"ok"))
        self.assertNotIn("sessionid", response.cookies)

    def test_nothing_is_said_but_ok(self):
        for name in ("/healthz", "/readyz"):
            self.assertEqual(Client().get(name).content, b"ok")
            self.assertEqual(Client().post(name).status_code, 405)


def elsewhere(**settings):
    """The settings of the database with others in their place."""
    return mock.patch.dict(connection.settings_dict, settings)


@pytest.mark.django_db
def test_without_its_database_the_server_is_not_ready(client):
    assert database_answers()
    with elsewhere(NAME="/nowhere/s3label.sqlite3", HOST="127.0.0.1", PORT="1"):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"unavailable")
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_without_its_tables_the_server_is_not_ready(client, tmp_path):
    name = str(tmp_path / "empty.sqlite3") if connection.vendor == "sqlite" else "postgres"
    with elsewhere(NAME=name):
        assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file cannot be silent")
def test_a_database_that_is_frozen_is_not_waited_for(client):
    # It takes the connection and says nothing, like a stopped process.
    silent = socket.create_server(("127.0.0.1", 0))
    port = str(silent.getsockname()[1])
    with silent, elsewhere(HOST="127.0.0.1", PORT=port):
        assert client.get("/readyz").status_code == 503

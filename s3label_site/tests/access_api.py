"""What everybody gets from each route of the API: one row for every route and method."""

from s3label_site.tests.access import Row, page, post


def read(name, *answers, args=()):
    """Of staff, those without permissions and managers get what Rita gets: labels are for all."""
    return page(f"api:{name}", *answers, answers[-1], answers[-1], args=args)


def act(name, *answers, args=(), body="empty"):
    return post(f"api:{name}", *answers, answers[-1], answers[-1], args=args, body=body)


def staff(name, answer, *args, method="GET", body=None):
    """Only for staff who have the permission that the admin asks for."""
    answers = (401, 403, 403, 403, 403, 401, answer, 403, answer)
    return Row(f"api:{name}", answers, args, method, body)


OF_LABEL, OF_OTHER = ("label", "comment"), ("submitted", "comment")

TABLE = [
    # Name                 anonymous  Cem  Ben  Ann  ended  deactivated  Rita
    page("api:api-root", 404, 404, 404, 404, 404, 404, 404, 404, 404),
    read("openapi-json", 401, 200, 200, 200, 200, 401, 200),
    read("get_me", 401, 200, 200, 200, 200, 401, 200),
    act("save_settings", 401, 200, 200, 200, 200, 401, 200),
    read("list_labels", 401, 200, 200, 200, 200, 401, 200),
    read("get_image_file", 401, 404, 404, 200, 404, 401, 200, args=("image",)),
    read("get_image_thumbnail", 401, 404, 404, 200, 404, 401, 200, args=("image",)),
    read("get_image", 401, 404, 404, 200, 404, 401, 200, args=("image",)),
    read("get_image_file", 401, 404, 404, 404, 404, 401, 200, args=("free_image",)),
    read("get_image_thumbnail", 401, 404, 404, 404, 404, 401, 200, args=("free_image",)),
    read("get_image", 401, 404, 404, 404, 404, 401, 200, args=("free_image",)),
    read("get_label", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    read("get_label", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    act("save_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="drawing"),
    read("get_changes", 401, 404, 404, 200, 404, 401, 200, args=("label", "revision")),
    read("get_changes", 401, 404, 404, 404, 404, 401, 404, args=("free_label", "revision")),
    read("get_history", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    read("get_history", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    read("get_revision", 401, 404, 404, 200, 404, 401, 200, args=("label", "revision")),
    read("get_kept", 401, 404, 404, 200, 404, 401, 200, args=("label", "kept")),
    # What was kept of one label is not seen through another.
    read("get_kept", 401, 404, 404, 404, 404, 401, 404, args=("submitted", "kept")),
    read("get_comments", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    read("get_comments", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    act("write_comment", 401, 404, 404, 200, 404, 401, 200, args=("label",), body="words"),
    act("settle_comment", 401, 404, 404, 200, 404, 401, 200, args=OF_LABEL, body="done"),
    # A comment on one label is not reached through another.
    act("settle_comment", 401, 404, 404, 404, 404, 401, 404, args=OF_OTHER, body="done"),
    act("reject_suggestions", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="none"),
    act("report_time", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="time"),
    act("submit_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="rev"),
    act("skip_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="reason"),
    act("report_image", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="reason"),
    act("reopen_label", 401, 404, 404, 200, 404, 401, 409, args=("submitted",), body="empty"),
    act("claim_label", 401, 404, 200, 200, 404, 401, 404, args=("task",), body="empty"),
    # Tasks are for those who label them, and for staff who may look at tasks.
    read("list_tasks", 401, 200, 200, 200, 200, 401, 200),
    page("api:get_task", 401, 404, 200, 200, 404, 401, 200, 404, 200, args=("task",)),
    page("api:list_classes", 401, 404, 200, 200, 404, 401, 200, 404, 200, args=("task",)),
    staff("create_task", 201, method="POST", body="task"),
    staff("change_task", 200, "task", method="PATCH", body="changes"),
    staff("create_class", 201, "task", method="POST", body="class"),
    staff("change_class", 200, "class", method="PATCH", body="archive"),
    page("api:list_attributes", 401, 404, 200, 200, 404, 401, 200, 404, 200, args=("task",)),
    staff("create_attribute", 201, "task", method="POST", body="question"),
    staff("change_attribute", 200, "attribute", method="PATCH", body="archive_question"),
    staff("list_assignments", 200),
    staff("create_assignment", 201, "task", method="POST", body="person"),
    staff("change_assignment", 200, "assignment", method="PATCH", body="ending"),
    staff("list_queue", 200, "task"),
    staff("set_priorities", 200, "task", method="POST", body="priorities"),
    staff("list_reports", 200),
    staff("settle_report", 200, "report", method="POST", body="fine"),
    staff("list_waiting", 200),
    staff("approve_label", 200, "submitted", method="POST", body="rev"),
    staff("send_back_label", 200, "submitted", method="POST", body="comment"),
    staff("release_label", 200, "label", method="POST", body="empty"),
    staff("reassign_label", 200, "label", method="POST", body="to"),
    staff("list_datasets", 200),
    staff("create_dataset", 201, method="POST", body="dataset"),
    staff("get_dataset", 200, "dataset"),
    staff("change_dataset", 200, "dataset", method="PATCH", body="dataset"),
    staff("list_images", 200, "dataset"),
    staff("list_groups", 200),
    staff("create_group", 201, method="POST", body="group"),
    staff("get_group", 200, "group"),
    staff("change_group", 200, "group", method="PATCH", body="description"),
    staff("add_to_group", 200, "group", method="POST", body="member"),
    staff("take_out_of_group", 200, "group", "dataset", method="DELETE"),
    staff("list_folders", 200),
    staff("list_imports", 200),
    staff("start_import", 201, "dataset", method="POST", body="import"),
    staff("get_import", 200, "import"),
    staff("list_files", 200, "import"),
    # Its file was never read, so there is nothing to show.
    staff("get_found_picture", 410, "import", "file"),
    staff("get_found_thumbnail", 410, "import", "file"),
    staff("select_files", 200, "import", method="POST", body="selection"),
    staff("upload_selected", 200, "import", method="POST", body="empty"),
    staff("check_dataset", 201, "dataset", method="POST", body="empty"),
    staff("get_check", 200, "check"),
    page("api:list_jobs", 401, 403, 403, 403, 403, 401, 200, 200, 200),
    staff("get_job", 200, "import_kind", "import"),
    staff("cancel_job", 200, "import_kind", "waiting_import", method="POST", body="empty"),
    staff("repeat_job", 200, "import_kind", "failed_import", method="POST", body="empty"),
    staff("list_exports", 200),
    staff("start_export", 201, "task", method="POST", body="export"),
    staff("get_export", 200, "export"),
    staff("cancel_export", 200, "waiting_export", method="POST", body="empty"),
    staff("delete_export", 204, "failed_export", method="DELETE"),
    staff("download_export", 200, "export"),
    staff("download_manifest", 200, "export"),
    staff("list_label_imports", 200),
    staff("start_label_import", 201, "task", method="POST", body="labels"),
    staff("upload_labels", 201, "task", method="POST", body="upload"),
    staff("get_label_import", 200, "label_import"),
    staff("delete_label_import", 204, "label_import", method="DELETE"),
    staff("list_predictions", 200, "task"),
    staff("add_predictions", 200, "task", method="POST", body="predictions"),
    staff("get_predictions", 200, "predictions"),
    staff("change_predictions", 200, "predictions", method="PATCH", body="suggested"),
    staff("delete_predictions", 204, "predictions", method="DELETE"),
]

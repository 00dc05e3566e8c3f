"""The public front, each person's dashboard, and the demo: the room that knows all."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts.carried import carry
    from app.curriculum.commands import curriculum_cli
    from app.lib.merging import OWN
    from app.site import cohort_commands, commands, curriculum_commands, navigation, views
    from app.site.demo.commands import demo

    carry("site.save_note", OWN)
    app.register_blueprint(views.bp)
    app.register_blueprint(views.preview.blueprint("staff"), url_prefix="/staff/curriculum/preview")
    navigation.init_app(app)
    for command in (commands.work, commands.check_config, demo, *cohort_commands.ALL):
        app.cli.add_command(command)
    for command in (curriculum_commands.diff, curriculum_commands.preview):
        curriculum_cli.add_command(command)

from tests.cast import Cast


def test_application_starts(app):
    assert app.url_map


def test_cast_is_there(app, cast: Cast):
    from app.accounts.models import User
    from app.lib.database import db

    assert db.session.get(User, cast.ana).name == "Ana Morales"

"""Numbers of the curriculum's files as authors mean them: digits, a sign, a dot.

Left to themselves, Python and pydantic also read `1_000`, `2.0`, `1e400` and digits of other scripts as numbers. In a
text that people edit each of those is more likely a slip, so each is one.
"""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise PydanticCustomError("int_parsing", "write digits only")
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise PydanticCustomError("decimal_parsing", "write digits, and a dot before the fraction")
        return Decimal(value)
    return value


# Stands behind the limits of an int: so the limits are the number's own, in messages and in JSON schemas.
DIGITS = BeforeValidator(_whole)
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]

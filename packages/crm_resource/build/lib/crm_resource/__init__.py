"""A resource described once, as data: see README.md."""

from crm_resource.errors import BadQuery, Invalid, Problem, pointer
from crm_resource.fields import Field, FieldTable, Json, Kind, Sort, flatten, is_empty
from crm_resource.filters import OPERATORS, Arguments, Condition, compile_filter
from crm_resource.ordering import After, Order, lane_condition, lane_order, parse_order, read_cursor, write_cursor
from crm_resource.parse import check, missing, parse_new, parse_patch
from crm_resource.patch import diff, merge, put_back, unflatten
from crm_resource.schema import read_schema, written_schema
from crm_resource.values import Context, e164

__all__ = [
    "OPERATORS",
    "After",
    "Arguments",
    "BadQuery",
    "Condition",
    "Context",
    "Field",
    "FieldTable",
    "Invalid",
    "Json",
    "Kind",
    "Order",
    "Problem",
    "Sort",
    "check",
    "compile_filter",
    "diff",
    "e164",
    "flatten",
    "is_empty",
    "lane_condition",
    "lane_order",
    "merge",
    "missing",
    "parse_new",
    "parse_order",
    "parse_patch",
    "pointer",
    "put_back",
    "read_cursor",
    "read_schema",
    "unflatten",
    "write_cursor",
    "written_schema",
]

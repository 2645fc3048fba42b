"""Counts the queries of a request, for `npm run bench -- --world`."""

from django.db import connection


class Count:
    def __init__(self):
        self.queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


def count_queries(get_response):
    def middleware(request):
        count = Count()
        with connection.execute_wrapper(count):
            response = get_response(request)
        response["x-bench-queries"] = str(count.queries)
        return response

    return middleware

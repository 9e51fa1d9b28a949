"""The circuit breaker, with a clock that the test turns."""

import logging
import threading

import pytest

from huunghi.search.engines.breaker import FAILURES, LONGEST_REST, SLOW, TRIAL, WINDOW, Breaker


class Clock:
    now = 100.0

    def __call__(self):
        return self.now

    def forward(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker("The service", clock)


def fail(breaker, times=1, **options):
    for _ in range(times):
        breaker.failed(breaker.permit(), "it refused", **options)


def rest(breaker):
    return breaker.status().rests


def test_it_opens_after_a_few_failures(breaker):
    fail(breaker, FAILURES - 1)
    assert breaker.permit()
    fail(breaker)
    assert breaker.permit() is None
    assert (breaker.status().state, breaker.status().reason) == ("open", "it refused")


def test_failures_far_apart_do_not_open_it(breaker, clock):
    for _ in range(2 * FAILURES):
        fail(breaker)
        clock.forward(WINDOW / (FAILURES - 1) + 0.1)
    assert breaker.status().state == "closed"


def test_successes_between_do_not_hide_that_many_calls_fail(breaker):
    for _ in range(FAILURES):
        breaker.succeeded(breaker.permit())
        fail(breaker)
    assert breaker.permit() is None


def test_one_failure_that_somebody_waited_for_is_enough(breaker):
    fail(breaker, costly=True)
    assert breaker.permit() is None


def test_slow_answers_count_as_failures(breaker, clock):
    for _ in range(FAILURES):
        permit = breaker.permit()
        clock.forward(SLOW + 0.1)
        breaker.succeeded(permit)
    assert "1.1 s" in breaker.status().reason


def test_after_a_rest_one_caller_tries(breaker, clock):
    fail(breaker, FAILURES)
    clock.forward(rest(breaker) - 0.01)
    assert breaker.permit() is None
    clock.forward(0.02)
    trial = breaker.permit()
    assert trial and breaker.permit() is None and breaker.status().state == "trial"
    breaker.succeeded(trial)
    assert breaker.status().state == "closed"
    assert breaker.permit() and breaker.permit()


def test_every_failed_trial_doubles_the_rest_up_to_a_limit(breaker, clock):
    fail(breaker, FAILURES)
    rests = []
    for _ in range(8):
        rests.append(rest(breaker))
        clock.forward(rest(breaker))
        fail(breaker)
    assert rests == [1, 2, 4, 8, 16, LONGEST_REST, LONGEST_REST, LONGEST_REST]


def test_a_slow_trial_does_not_close_it(breaker, clock):
    fail(breaker, FAILURES)
    clock.forward(rest(breaker))
    trial = breaker.permit()
    clock.forward(SLOW + 0.1)
    breaker.succeeded(trial)
    assert (breaker.status().state, rest(breaker)) == ("open", 2)


def test_the_rest_is_short_again_once_it_was_closed(breaker, clock):
    fail(breaker, FAILURES)
    clock.forward(rest(breaker))
    fail(breaker)
    clock.forward(rest(breaker))
    breaker.succeeded(breaker.permit())
    fail(breaker, FAILURES - 1)
    assert breaker.status().state == "closed"
    fail(breaker)
    assert rest(breaker) == 1


def test_a_trial_that_is_never_reported_is_given_up(breaker, clock):
    fail(breaker, FAILURES)
    clock.forward(rest(breaker))
    lost = breaker.permit()
    clock.forward(TRIAL - 0.01)
    assert breaker.permit() is None
    clock.forward(0.02)
    trial = breaker.permit()
    assert trial
    breaker.failed(lost, "late")
    breaker.succeeded(trial)
    assert breaker.status().state == "closed"


def test_a_call_from_before_it_opened_neither_closes_it_nor_lengthens_the_rest(breaker):
    early, late = breaker.permit(), breaker.permit()
    fail(breaker, FAILURES)
    before = breaker.status()
    breaker.succeeded(early)
    breaker.failed(late, "late")
    assert breaker.status() == before


def test_it_writes_one_line_when_it_opens_and_one_when_it_closes(breaker, clock, caplog):
    caplog.set_level(logging.DEBUG, "huunghi.search")
    fail(breaker, FAILURES)
    for _ in range(3):
        breaker.permit()
        clock.forward(rest(breaker))
        fail(breaker)
    clock.forward(rest(breaker))
    breaker.succeeded(breaker.permit())
    opened, closed = caplog.messages
    assert "left alone" in opened and "it refused" in opened
    assert "answers again, after 15 s" in closed


def test_of_many_threads_one_gets_the_trial(breaker, clock):
    fail(breaker, FAILURES)
    clock.forward(rest(breaker))
    together, permits = threading.Barrier(16), []

    def call():
        together.wait()
        permits.append(breaker.permit())

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(permits) == 16
    assert sum(permit is not None for permit in permits) == 1

import { createBreaker, type Breaker } from './breaker.ts';

function breakerAt(start = 0) {
  const clock = { now: start };
  const states: string[] = [];
  const breaker = createBreaker({ now: () => clock.now, onChange: (state) => states.push(state) });
  return { breaker, states, pass: (ms: number) => void (clock.now += ms) };
}

const succeed = (breaker: Breaker, times = 1): void => {
  for (let at = 0; at < times; at++) breaker.enter()!.succeeded();
};
const fail = (breaker: Breaker, times = 1): void => {
  for (let at = 0; at < times; at++) breaker.enter()!.failed();
};

test('five failures in a row open it', () => {
  const { breaker } = breakerAt();
  fail(breaker, 4);
  expect(breaker.state()).toBe('closed');
  fail(breaker);
  expect(breaker.state()).toBe('open');
  expect(breaker.allows()).toBe(false);
  expect(breaker.enter()).toBeNull();
});

test('a success between them begins the count anew', () => {
  const { breaker } = breakerAt();
  fail(breaker, 4);
  succeed(breaker);
  fail(breaker, 4);
  expect(breaker.state()).toBe('closed');
});

test('half of the last twenty within thirty seconds open it', () => {
  const { breaker } = breakerAt();
  for (let at = 0; at < 9; at++) {
    fail(breaker);
    succeed(breaker);
  }
  expect(breaker.state()).toBe('closed');
  fail(breaker);
  expect(breaker.state()).toBe('open');
});

test('failures older than thirty seconds, or before the last twenty calls, do not count', () => {
  const old = breakerAt();
  for (let at = 0; at < 9; at++) {
    fail(old.breaker);
    succeed(old.breaker);
  }
  old.pass(30_001);
  fail(old.breaker);
  expect(old.breaker.state()).toBe('closed');

  const many = breakerAt();
  for (let at = 0; at < 9; at++) {
    fail(many.breaker);
    succeed(many.breaker, 2);
  }
  fail(many.breaker);
  expect(many.breaker.state()).toBe('closed');
});

test('after ten seconds one call at a time may try, and three successes close it', () => {
  const { breaker, pass, states } = breakerAt();
  fail(breaker, 5);
  pass(9_999);
  expect(breaker.allows()).toBe(false);
  pass(1);
  expect(breaker.state()).toBe('half-open');
  const probe = breaker.enter()!;
  expect(breaker.enter()).toBeNull();
  probe.succeeded();
  succeed(breaker);
  expect(breaker.state()).toBe('half-open');
  succeed(breaker);
  expect(breaker.state()).toBe('closed');
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('each try that fails doubles the time, up to two minutes; closing forgets it', () => {
  const { breaker, pass } = breakerAt();
  fail(breaker, 5);
  for (const seconds of [10, 20, 40, 80, 120, 120]) {
    pass(seconds * 1_000 - 1);
    expect(breaker.state()).toBe('open');
    pass(1);
    expect(breaker.state()).toBe('half-open');
    fail(breaker);
  }
  pass(120_000);
  succeed(breaker, 3);
  fail(breaker, 5);
  pass(10_000);
  expect(breaker.state()).toBe('half-open');
});

test('a call that was given up neither opens nor closes it, and leaves the place of the probe', () => {
  const { breaker, pass } = breakerAt();
  for (let at = 0; at < 10; at++) breaker.enter()!.abandoned();
  expect(breaker.state()).toBe('closed');
  fail(breaker, 5);
  pass(10_000);
  breaker.enter()!.abandoned();
  expect(breaker.allows()).toBe(true);
});

test('what ends late says nothing about the time after, and a pass is heard once', () => {
  const { breaker, pass } = breakerAt();
  const late = breaker.enter()!;
  fail(breaker, 5);
  pass(10_000);
  expect(breaker.state()).toBe('half-open');
  late.failed();
  expect(breaker.state()).toBe('half-open');
  const probe = breaker.enter()!;
  probe.succeeded();
  probe.failed();
  expect(breaker.state()).toBe('half-open');
});

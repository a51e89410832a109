import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import type { IntentInfo } from '#core/understanding/understood.ts';
import { dialogueOf, FACTS, NOW, say, text, turnOf, written, type World } from './test-flows.ts';
import type { DialogueEvent, TurnInput, TurnOutcome } from './turn.ts';

const toFlow = (name: string, more: Record<string, unknown> = {}) => ({
  invoke: { id: name, src: 'runFlow', input: { flow: name }, onDone: 'idle', ...more },
});
const UNDERSTANDING = {
  invoke: {
    id: 'understand',
    src: 'understand',
    input: {},
    onDone: [
      { guard: { type: 'decided', params: { as: 'again' } }, target: 'idle' },
      { guard: { type: 'decided', params: { as: 'answer' } }, target: 'answered' },
      { guard: { type: 'decided', params: { as: 'flow' } }, target: 'form' },
      { target: 'lost' },
    ],
  },
};
const FORM = {
  id: 'form',
  initial: 'name',
  on: { cancel: '.gone' },
  states: {
    name: {
      entry: [
        {
          type: 'ask',
          params: {
            slots: { name: { format: 'text' } },
            text: text('貴姓大名？', 'Your name?'),
            hint: text('請寫名字。', 'A name, please.'),
          },
        },
      ],
      on: { answer: 'mail' },
    },
    mail: {
      entry: [{ type: 'ask', params: { slots: { email: { format: 'email' } }, text: text('email？', 'Email?') } }],
      on: { answer: 'sum' },
    },
    sum: {
      entry: [
        {
          type: 'offer',
          params: {
            hold: true,
            text: text('{{slots.name}} {{slots.email}}，對嗎？', '{{slots.name}} {{slots.email}}, right?'),
            choices: [
              { value: 'go', label: text('送出', 'Submit'), style: 'primary' },
              { value: 'stop', label: text('取消', 'Cancel'), style: 'danger' },
            ],
          },
        },
      ],
      on: { 'choose.go': 'done', 'choose.stop': 'gone' },
    },
    done: { type: 'final', entry: [say('完成', 'Done')] },
    gone: { type: 'final', entry: [say('沒有送出', 'Nothing sent')] },
  },
};
const MAIN = {
  id: 'main',
  initial: 'idle',
  on: {
    opened: '.greeting',
    message: '.understanding',
    person: '.person',
    returned: { actions: [say('{{event.agent.name}} 交回', '{{event.agent.name}} gave it back')] },
    angry: '.person',
  },
  states: {
    idle: {},
    greeting: { entry: [say('歡迎', 'Welcome')], always: 'form' },
    understanding: UNDERSTANDING,
    answered: { entry: [{ type: 'answer', params: { feedback: true } }], always: 'idle' },
    form: toFlow('form'),
    lost: { entry: [say('不懂', 'What?')], always: 'idle' },
    person: {
      entry: [{ type: 'requestHandoff', params: { reason: 'asked', text: text('轉接中', 'One moment') } }],
      always: 'idle',
    },
  },
};
const HIT: KnowledgeHit = {
  source: 'faq',
  id: 'faq-1',
  title: '運費？',
  answer: '運費 100 元。',
  category: 'shipping',
  locale: 'zh-TW',
  match: 1,
  exact: true,
  score: 9,
};
const TALK: IntentInfo = {
  name: 'form',
  title: text('表單', 'Form'),
  description: text('表單', 'Form'),
  route: { kind: 'flow', flow: 'form' },
};

const wordsOf = (content: OutboundContent): string => ('text' in content ? (content.text ?? '') : '');
const said = (outcome: TurnOutcome): string[] => outcome.replies.map(({ content }) => wordsOf(content));

/** A talk that remembers: each call is one turn. */
function talkOf(flows: readonly unknown[], world: World = {}) {
  const { dialogue, lookups, set } = dialogueOf(flows, world);
  let state: TurnInput['state'] = null;
  let seq = 0;
  const turn = (events: readonly DialogueEvent[]): TurnOutcome => {
    const outcome = dialogue.runNow(turnOf(events, state), lookups)!;
    state = structuredClone(outcome.state);
    return outcome;
  };
  return {
    set,
    turn,
    write: (...texts: string[]): TurnOutcome => {
      const events = written(seq + 1, ...texts);
      seq += texts.length;
      return turn(events);
    },
    press: (id: string): TurnOutcome => turn([{ kind: 'message', seq: (seq += 1), content: { kind: 'action', id } }]),
    get state() {
      return state!;
    },
  };
}
const form = (world: World = {}) => {
  const talk = talkOf([MAIN, FORM], world);
  talk.turn([{ kind: 'opened' }]);
  return talk;
};
const button = (outcome: TurnOutcome, label: string): string => {
  const choices = outcome.replies.flatMap(({ content }) => ('choices' in content ? (content.choices ?? []) : []));
  return choices.find((choice) => choice.label === label)!.id;
};

test('what a flow says on opening comes first, joined to its question', () => {
  const talk = talkOf([MAIN, FORM]);
  expect(said(talk.turn([{ kind: 'opened' }]))).toEqual(['歡迎\n貴姓大名？']);
});

test('a form goes on with each answer, and ends in its caller', () => {
  const talk = form();
  expect(said(talk.write('王小明'))).toEqual(['email？']);
  expect(said(talk.write('我的是 a@example.com'))).toEqual(['王小明 a@example.com，對嗎？']);
  expect(said(talk.write('好'))).toEqual(['完成']);
  expect(talk.state.frames).toMatchObject([{ flow: 'main', value: 'idle' }]);
});

test('an answer that does not fit is told so, with the hint of the question, and asked again in other words', () => {
  const talk = form();
  talk.write('王小明');
  expect(said(talk.write('沒有'))).toEqual(['看不懂。\n再問一次：email？']);
  expect(said(talk.write('沒有啦'))).toEqual(['看不懂。\nemail？']);
});

test('a button can be pressed once: the second time nothing happens', () => {
  const talk = form();
  talk.write('王小明');
  const submit = button(talk.write('a@example.com'), '送出');
  expect(said(talk.press(submit))).toEqual(['完成']);
  expect(said(talk.press(submit))).toEqual(['做過了。']);
  expect(said(talk.press('n999'))).toEqual(['過期了。']);
});

test('an old button does not lose the question that waits', () => {
  const talk = form();
  expect(said(talk.press('n999'))).toEqual(['過期了。\n再問一次：貴姓大名？']);
});

test('an earlier answer is mended in passing', () => {
  const talk = form();
  talk.write('王小明');
  talk.write('a@example.com');
  expect(said(talk.write('打錯了，是 b@example.com'))).toEqual(['記下 b@example.com。\n王小明 b@example.com，對嗎？']);
});

test('cancel reaches the flow that is on top', () => {
  const talk = form();
  expect(said(talk.write('取消'))).toEqual(['沒有送出']);
});

test('an event that only the bottom flow hears takes away what was above it', () => {
  const talk = form();
  const outcome = talk.write('找真人');
  expect(outcome.effects).toMatchObject([{ type: 'request-handoff', reason: 'asked' }]);
  expect(talk.state.frames).toHaveLength(1);
});

test('a question in a form is answered, and the form goes on', () => {
  const talk = form({ hits: [HIT] });
  const outcome = talk.write('運費多少？');
  expect(said(outcome)).toEqual(['運費 100 元。', '回到問題：貴姓大名？']);
  expect(outcome.replies[0]?.content).toMatchObject({ kind: 'text', source: { id: 'faq-1' } });
  expect(outcome.understood.get(1)).toMatchObject({ answeredBy: { kind: 'faq', id: 'faq-1', match: 1 } });
});

test('an answer is quoted with its source and two buttons, which feed back', () => {
  const talk = talkOf([MAIN, FORM], { hits: [HIT] });
  const outcome = talk.write('運費？');
  expect(outcome.replies).toMatchObject([
    { content: { kind: 'quick_replies', text: '運費 100 元。', source: { kind: 'faq', id: 'faq-1' } }, inReplyTo: [1] },
  ]);
  const after = talk.press(button(outcome, '沒幫助'));
  expect(after.effects).toEqual([{ type: 'feedback', source: { kind: 'faq', id: 'faq-1' }, helpful: false }]);
  expect(said(after)).toEqual(['謝謝。']);
});

test('the same answer twice in a row says so', () => {
  const talk = talkOf([MAIN, FORM], { hits: [HIT] });
  talk.write('運費？');
  expect(said(talk.write('運費呢'))).toEqual(['同上：運費 100 元。']);
});

test('a burst: each question gets its answer, one said twice is answered once for both', () => {
  const other: KnowledgeHit = { ...HIT, id: 'faq-2', answer: '可以刷卡。' };
  const talk = talkOf([MAIN, FORM], { lookups: { search: ({ text }) => [text.includes('卡') ? other : HIT] } });
  const outcome = talk.write('運費？', '可以刷卡嗎', '運費多少？');
  expect(outcome.replies.map(({ content, inReplyTo }) => [wordsOf(content), inReplyTo])).toEqual([
    ['運費 100 元。', [1, 3]],
    ['可以刷卡。', [2]],
  ]);
  expect([...outcome.understood.keys()]).toEqual([1, 2, 3]);
});

test('a burst that answers several questions of a form is asked only for what is left', () => {
  const talk = form();
  const outcome = talk.write('王小明', 'a@example.com');
  expect(said(outcome)).toEqual(['王小明 a@example.com，對嗎？']);
  expect(outcome.replies[0]?.inReplyTo).toEqual([1, 2]);
});

test('the language changes when it is asked for, buttons too, and stays', () => {
  const talk = form();
  talk.write('王小明');
  talk.write('a@example.com');
  const outcome = talk.write('English please');
  expect(said(outcome)).toEqual(['English.\n王小明 a@example.com, right?']);
  expect(outcome.locale).toBe('en');
  expect(button(outcome, 'Submit')).toBeDefined();
  expect(said(talk.write('送出'))).toEqual(['Done']);
});

test('a second burst of anger calls a person, wherever the talk stands', () => {
  const talk = form();
  expect(said(talk.write('你們到底在搞什麼 太誇張了！！'))[0]).toContain('抱歉');
  expect(talk.write('爛死了 垃圾！！').effects).toMatchObject([{ type: 'request-handoff' }]);
});

test('another flow in the middle of a form runs beside it, and the form goes on after it', () => {
  const aside = { id: 'aside', initial: 'a', states: { a: { type: 'final', entry: [say('順便', 'By the way')] } } };
  const intents: IntentInfo[] = [{ ...TALK, name: 'aside', route: { kind: 'flow', flow: 'aside' } }];
  const { name: _, ...states } = FORM.states;
  const talk = talkOf([MAIN, { ...FORM, initial: 'mail', states }, aside], {
    intents,
    understood: { intent: 'aside', confidence: 0.99 },
  });
  talk.turn([{ kind: 'opened' }]);
  expect(said(talk.write('順便問一下'))).toEqual(['順便\n回到問題：email？']);
});

test('flows that call each other in circles end: a person is called, and it is recorded', () => {
  const ping = {
    id: 'ping',
    initial: 'a',
    states: {
      a: {
        invoke: {
          id: 'pong',
          src: 'runFlow',
          input: { flow: 'pong' },
          onDone: { target: 'a', reenter: true },
          onError: 'end',
        },
      },
      end: { type: 'final' },
    },
  };
  const pong = { id: 'pong', initial: 'a', states: { a: { type: 'final' } } };
  const main = { id: 'main', initial: 'idle', states: { idle: { on: { message: 'go' } }, go: toFlow('ping') } };
  const talk = talkOf([main, ping, pong]);
  const outcome = talk.write('嗨');
  expect(said(outcome)).toEqual(['出錯了，找人來。']);
  expect(outcome.effects).toMatchObject([{ type: 'request-handoff', reason: 'flow' }]);
  expect(outcome.faults).toEqual([expect.stringContaining('goes in circles')]);
  expect(talk.write('還在嗎').faults).toHaveLength(1);
});

test('a flow that calls itself stops at a few floors', () => {
  const self = {
    id: 'self',
    initial: 'a',
    states: {
      a: { invoke: { id: 'me', src: 'runFlow', input: { flow: 'self' }, onDone: 'end', onError: 'end' } },
      end: { type: 'final' },
    },
  };
  const main = { id: 'main', initial: 'idle', states: { idle: { on: { message: 'go' } }, go: toFlow('self') } };
  expect(talkOf([main, self]).write('嗨').faults).toEqual([]);
});

test('a call that cannot be made, and that the flow has no way out of, calls a person', () => {
  const invoke = { id: 'x', src: 'callHttp', input: { url: '{{settings.nowhere}}/1' }, onDone: 'idle' };
  const main = { id: 'main', initial: 'idle', states: { idle: { on: { message: 'go' } }, go: { invoke } } };
  expect(talkOf([main]).write('嗨').faults).toEqual([expect.stringContaining('the address is not complete')]);
});

test('what a call answers is at hand for guards and texts; the customer’s values are encoded in its address', () => {
  const asked: string[] = [];
  const main = {
    id: 'main',
    initial: 'idle',
    states: {
      idle: {
        on: {
          message: { target: 'go', actions: [{ type: 'capture', params: { slot: 'order', from: 'event.text' } }] },
        },
      },
      go: {
        invoke: {
          id: 'x',
          src: 'callHttp',
          input: { url: '{{settings.orders}}/{{slots.order}}' },
          onDone: [
            {
              guard: { type: 'is', params: { path: 'event.output.body.status', value: 'sent' } },
              target: 'idle',
              actions: [say('{{event.output.body.carrier}}')],
            },
            { target: 'idle', actions: [say('{{event.output.status}}')] },
          ],
        },
      },
    },
  };
  const http = ({ url }: { url: string }) => {
    asked.push(url);
    return url.endsWith('1')
      ? { ok: true as const, body: { status: 'sent', carrier: '郵局' } }
      : { ok: false as const, status: 404 };
  };
  const talk = talkOf([main], { lookups: { http } });
  expect(said(talk.write('a/../1'))).toEqual(['郵局']);
  expect(said(talk.write('2'))).toEqual(['404']);
  expect(asked).toEqual(['http://orders.example/a%2F..%2F1', 'http://orders.example/2']);
});

test('a release that is gone does not end a talk: what was told stays, the talk begins anew', () => {
  const talk = form();
  talk.write('王小明');
  const { dialogue, lookups } = dialogueOf([{ ...MAIN, description: 'another version' }, FORM]);
  const outcome = dialogue.runNow(turnOf(written(9, '嗨'), talk.state), lookups)!;
  expect(outcome.faults).toEqual([]);
  expect(outcome.state.release).not.toBe(talk.state.release);
  expect(outcome.state.slots['name']).toBe('王小明');
  expect(said(outcome)).toEqual(['不懂']);
});

test('a place that a flow no longer has is a fault that a person is called for', () => {
  const talk = form();
  const [first, ...rest] = talk.state.frames;
  const state = { ...talk.state, frames: [{ ...first!, value: 'nowhere' }, ...rest] };
  const { dialogue, lookups } = dialogueOf([MAIN, FORM]);
  const outcome = dialogue.runNow(turnOf(written(9, '找真人'), state), lookups)!;
  expect(outcome.faults).toHaveLength(1);
  expect(outcome.effects).toMatchObject([{ type: 'request-handoff', reason: 'flow' }]);
});

test('inside the process or waiting for answers, a turn comes to the same', async () => {
  const one = dialogueOf([MAIN, FORM], { hits: [HIT] });
  const two = dialogueOf([MAIN, FORM], { hits: [HIT] });
  const input = turnOf(written(1, '運費？', '嗨'));
  const now = one.dialogue.runNow(input, one.lookups)!;
  const lookups = {
    ...two.lookups,
    search: async () => [HIT],
    understand: async () => one.lookups.understand({ text: '', locale: 'en', before: [], slots: {} })!,
  };
  const later = await two.dialogue.run(input, lookups as Parameters<typeof two.dialogue.run>[1]);
  expect(later.replies).toEqual(now.replies);
  expect(later.state).toEqual(now.state);
});

test('a turn that needs the outside gives up before anything happened', () => {
  const { dialogue, lookups } = dialogueOf([MAIN, FORM]);
  expect(dialogue.runNow(turnOf(written(1, '運費？')), { ...lookups, understand: () => undefined })).toBeUndefined();
});

test('timers ring in their order, and what one leads away from rings no more', () => {
  const main = {
    id: 'main',
    initial: 'idle',
    states: {
      idle: { on: { message: 'waiting' } },
      waiting: { after: { 60000: { actions: [say('一')] }, 120000: 'over', 180000: { actions: [say('三')] } } },
      over: { entry: [say('二')] },
    },
  };
  const { dialogue, lookups } = dialogueOf([main]);
  const first = dialogue.runNow(turnOf(written(1, '嗨')), lookups)!;
  expect(first.alarmAt).toEqual(new Date(NOW.getTime() + 60_000));
  const late = dialogue.runNow(
    { state: first.state, facts: FACTS, events: [{ kind: 'alarm' }], now: new Date(NOW.getTime() + 600_000) },
    lookups,
  )!;
  expect(said(late)).toEqual(['一\n二']);
  expect(late.alarmAt).toBeNull();
});

test('an alarm before its time changes nothing', () => {
  const talk = form();
  const before = talk.state;
  const outcome = talk.turn([{ kind: 'alarm' }]);
  expect(outcome.replies).toEqual([]);
  expect(outcome.state).toEqual(before);
});

test('the flow “silence” begins again with every message of the customer, and nothing waits after a close', () => {
  const silence = {
    id: 'silence',
    initial: 'a',
    states: {
      a: { after: { remindAfter: 'b' } },
      b: { entry: [say('還在嗎')], after: { closeAfter: 'c' } },
      c: { type: 'final', entry: [{ type: 'close', params: { reason: 'silence' } }] },
    },
  };
  const { dialogue, lookups } = dialogueOf([MAIN, FORM, silence]);
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const one = dialogue.runNow(turnOf(written(1, '嗨')), lookups)!;
  const two = dialogue.runNow({ state: one.state, facts: FACTS, events: written(2, '哈囉'), now: at(5) }, lookups)!;
  expect(two.alarmAt).toEqual(at(15));
  const three = dialogue.runNow({ state: two.state, facts: FACTS, events: [{ kind: 'alarm' }], now: at(15) }, lookups)!;
  expect(said(three)).toEqual(['還在嗎']);
  const four = dialogue.runNow(
    { state: three.state, facts: FACTS, events: [{ kind: 'alarm' }], now: at(35) },
    lookups,
  )!;
  expect(four).toMatchObject({ effects: [{ type: 'close', reason: 'silence' }], alarmAt: null });
});

test('files go to the question that asks for them, or wait for a ticket', () => {
  const photo = (seq: number): DialogueEvent => ({
    kind: 'message',
    seq,
    content: { kind: 'image', attachment: { id: `f${seq}`, name: 'a.jpg', type: 'image/jpeg', bytes: 1 } },
  });
  const talk = form();
  const outcome = talk.turn([photo(1), photo(2)]);
  expect(said(outcome)).toEqual(['收到檔案。', '再問一次：貴姓大名？']);
  expect(outcome.replies[0]?.inReplyTo).toEqual([1, 2]);
  expect(talk.state.slots['files']).toBe('f1,f2');
});

test('values of a form, a contact card and a rating are taken in', () => {
  const talk = form();
  expect(
    said(
      talk.turn([
        { kind: 'message', seq: 1, content: { kind: 'form', id: 'f', values: { name: '王小明', 'bad key': 'x' } } },
      ]),
    ),
  ).toEqual(['email？']);
  const contact = talk.turn([
    { kind: 'message', seq: 2, content: { kind: 'contact', name: '王大明', email: 'w@example.com' } },
  ]);
  expect(said(contact)).toEqual(['王大明 w@example.com，對嗎？']);
  expect(talk.turn([{ kind: 'message', seq: 3, content: { kind: 'rating', score: 5 } }]).replies).toEqual([]);
});

test('a contact that is known is not asked for', () => {
  const { dialogue, lookups } = dialogueOf([MAIN, FORM]);
  const facts = { ...FACTS, contact: { email: 'k@example.com', name: '王' } };
  const { state } = dialogue.runNow({ ...turnOf(written(1, '嗨')), facts }, lookups)!;
  expect(state.slots).toMatchObject({ email: 'k@example.com', name: '王' });
});

test('a reaction to an answer is feedback', () => {
  const talk = talkOf([MAIN, FORM], { hits: [HIT] });
  talk.write('運費？');
  expect(talk.turn([{ kind: 'message', seq: 5, content: { kind: 'reaction', to: 2, value: 'up' } }]).effects).toEqual([
    { type: 'feedback', source: { kind: 'faq', id: 'faq-1' }, helpful: true },
  ]);
});

test('a person who hands back is heard of, and a command of the channel is understood', () => {
  const talk = talkOf([MAIN, FORM]);
  expect(said(talk.turn([{ kind: 'returned', agent: { name: '小美' } }]))).toEqual(['小美 交回']);
  const command = (name: string, argument?: string): DialogueEvent[] => [
    { kind: 'message', seq: 7, content: { kind: 'command', name, ...(argument && { argument }) } },
  ];
  expect(talk.turn(command('agent')).effects).toMatchObject([{ type: 'request-handoff' }]);
  expect(said(talk.turn(command('ask', '運費多少')))).toEqual(['不懂']);
  expect(said(talk.turn(command('start')))[0]).toContain('歡迎');
  expect(talk.turn(command('english')).locale).toBe('en');
});

import { ChannelName } from '#core/conversation/conversation.schema.ts';
import { InboundContent, OutboundContent } from '#core/conversation/content.schema.ts';
import { CAPABILITIES, mayBeRepeated, SHORTEST_TEXT, type Capabilities } from './capability.ts';

const kindsOf = (union: typeof OutboundContent | typeof InboundContent): string[] =>
  union.options.map((option) => option.shape.kind.value);

describe.each(ChannelName.options)('%s', (channel) => {
  const can: Capabilities = CAPABILITIES[channel];

  test('says of every kind how it shows or hears it, and of nothing else', () => {
    expect(Object.keys(can.out).sort()).toEqual(kindsOf(OutboundContent).sort());
    expect(Object.keys(can.in).sort()).toEqual(kindsOf(InboundContent).sort());
  });

  test('takes our buttons: a nonce of 20 bytes, a label of 60', () => {
    expect(can.limits.choiceData).toMatchObject({ unit: 'bytes' });
    expect(can.limits.choiceData.most).toBeGreaterThanOrEqual(20);
    expect(can.limits.choiceLabel.most).toBeGreaterThanOrEqual(60);
  });

  test('can show five choices, which a rating needs', () => {
    expect(can.limits.choices.most).toBeGreaterThanOrEqual(5);
  });
});

test('the shortest text is that of the channel with the least room', () => {
  expect(SHORTEST_TEXT).toBe(CAPABILITIES.slack.limits.text.most);
});

test('words may be sent again when nobody knows; files and ticket numbers may not', () => {
  const attachment = { id: 'u', name: 'a.pdf', type: 'application/pdf', bytes: 1 };
  expect(mayBeRepeated({ kind: 'text', text: 'hello' })).toBe(true);
  expect(mayBeRepeated({ kind: 'system', text: 'soon', topic: 'queue' })).toBe(true);
  expect(mayBeRepeated({ kind: 'system', text: 'T-1201', topic: 'ticket' })).toBe(false);
  expect(mayBeRepeated({ kind: 'file', attachment })).toBe(false);
  expect(mayBeRepeated({ kind: 'image', attachment })).toBe(false);
});

import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Words } from '../words.ts';
import type { ViewContext } from './context.ts';
import { attribute, fill, h } from './dom.ts';
import { richText } from './rich-text.ts';

type Form = Extract<OutboundContent, { kind: 'form' }>;
type Field = Form['fields'][number];
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const TYPES: Partial<Record<Field['type'], string>> = { email: 'email', phone: 'tel', date: 'date' };
const COMPLETE: Partial<Record<Field['type'], string>> = { email: 'email', phone: 'tel' };
const MODES: Partial<Record<Field['type'], string>> = { number: 'decimal', email: 'email', phone: 'tel' };
/** The protocol's limit for one answer. */
const LONGEST = 3_000;

/** A form in the conversation. Faults are named beside their field, and the first one gets the focus. */
export function formOf(content: Form, key: string, context: ViewContext): HTMLElement {
  const words = context.words();
  const fields = content.fields.map((field) => fieldOf(field, `${key}-${field.name}`, words));
  const form = h(
    'form',
    {
      class: 'form',
      novalidate: true,
      onsubmit(event) {
        event.preventDefault();
        const faulty = fields.filter((field) => !field.check());
        if (faulty[0]) {
          faulty[0].control.focus();
          return;
        }
        const values = Object.fromEntries(
          fields.filter((field) => field.value() !== '').map((field) => [field.name, field.value()]),
        );
        context.send({ kind: 'form', id: content.submit.id, values });
      },
    },
    richText(content.text, context.locale()),
    ...fields.map((field) => field.element),
    h('button', { type: 'submit', class: 'button primary' }, content.submit.label),
  );
  return form;
}

function fieldOf(field: Field, id: string, words: Words) {
  const fault = h('p', { class: 'fault', id: `${id}-fault` });
  const common = {
    id,
    name: field.name,
    class: 'control',
    required: field.required,
    'aria-describedby': `${id}-fault`,
    autocomplete: COMPLETE[field.type],
  };
  const control: Control = controlOf(field, common, words);
  const value = (): string => control.value.trim();
  const check = (): boolean => {
    const problem = problemOf(field, value(), words);
    fill(fault, problem);
    attribute(control, 'aria-invalid', problem ? 'true' : undefined);
    return problem === null;
  };
  control.addEventListener('change', () => {
    if (control.hasAttribute('aria-invalid')) check();
  });
  const label = h('label', { for: id }, field.label);
  if (field.required) label.append(h('span', { class: 'muted' }, words.required));
  return { name: field.name, control, value, check, element: h('div', { class: 'field' }, label, control, fault) };
}

function controlOf(field: Field, common: Record<string, string | boolean | undefined>, words: Words): Control {
  if (field.type === 'paragraph') return h('textarea', { ...common, rows: 3, maxlength: LONGEST });
  if (field.type === 'choice')
    return h(
      'select',
      common,
      h('option', { value: '' }, words.choose),
      ...(field.options ?? []).map((option) => h('option', { value: option.value }, option.label)),
    );
  return h('input', {
    ...common,
    type: TYPES[field.type] ?? 'text',
    inputmode: MODES[field.type],
    maxlength: LONGEST,
  });
}

/** What is wrong with an answer, and how to mend it; null: nothing. The server checks again. */
export function problemOf(field: Pick<Field, 'type' | 'required'>, value: string, words: Words): string | null {
  if (value === '') return field.required ? words.needed : null;
  if (field.type === 'email' && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)) return words.badEmail;
  if (field.type === 'phone' && !/^\+?[\d\s()#-]{6,24}$/.test(value)) return words.badPhone;
  if (field.type === 'number' && !/^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(value.replaceAll(',', ''))) return words.badNumber;
  if (field.type === 'date' && Number.isNaN(Date.parse(value))) return words.badDate;
  return null;
}

import type { FieldError } from '#core/errors.ts';
import { explain, placeOf } from './faults.ts';
import { Flow, type FlowState } from './flow.schema.ts';
import { patternOf } from './formats.ts';
import { templateFault } from './template.ts';
import type { FlowAction, Transition, Transitions } from './vocabulary.schema.ts';

type Path = readonly (string | number)[];
type Place = { path: Path; transition: Transition };
/** One state of the tree, the root included. */
type Node = {
  key: string;
  path: Path;
  state: FlowState;
  parent: Node | null;
  children: Map<string, Node>;
};

/** What the dialogue tells a flow, beside `choose.<value>` for a button. */
export const FLOW_EVENTS: ReadonlySet<string> = new Set([
  'opened',
  'message',
  'answer',
  'invalid',
  'file',
  'rating',
  'person',
  'cancel',
  'restart',
  'yes',
  'no',
  'angry',
  'returned',
  'unattended',
]);
/** Actions that put a question: they stand in `entry`, so that the question can be put again. */
export const QUESTIONS: ReadonlySet<string> = new Set(['ask', 'offer', 'askRating', 'clarify', 'suggest']);

/** Actions as a list, whichever way they are written. */
export const actionsOf = (actions: FlowAction | FlowAction[] | undefined): FlowAction[] =>
  actions === undefined ? [] : Array.isArray(actions) ? actions : [actions];

function transitionsOf(transitions: Transitions | undefined, path: Path): Place[] {
  if (transitions === undefined) return [];
  const one = (entry: string | Transition, at: Path): Place =>
    typeof entry === 'string' ? { path: at, transition: { target: entry } } : { path: at, transition: entry };
  return Array.isArray(transitions)
    ? transitions.map((entry, i) => one(entry, [...path, i]))
    : [one(transitions, path)];
}

function treeOf(flow: Flow): Node {
  const grow = (key: string, state: FlowState, path: Path, parent: Node | null): Node => {
    const node: Node = { key, path, state, parent, children: new Map() };
    for (const [name, child] of Object.entries(state.states ?? {}))
      node.children.set(name, grow(name, child, [...path, 'states', name], node));
    return node;
  };
  const { context: _, $schema: __, version: ___, ...root } = flow;
  return grow(flow.id, { ...root, type: 'compound' }, [], null);
}

const every = (node: Node): Node[] => [node, ...[...node.children.values()].flatMap(every)];
const ancestors = (node: Node): Node[] => (node.parent ? [node.parent, ...ancestors(node.parent)] : []);
const descend = (node: Node | undefined, names: readonly string[]): Node | undefined =>
  names.reduce<Node | undefined>((at, name) => at?.children.get(name), node);
const opening = (node: Node): Node[] => {
  const child = node.state.initial === undefined ? undefined : node.children.get(node.state.initial);
  return child ? [child, ...opening(child)] : [];
};

function targetOf(root: Node, source: Node, target: string): Node | undefined {
  if (target.startsWith('#')) {
    const [id, ...names] = target.slice(1).split('.');
    const start = id === root.key ? root : every(root).find((node) => node.state.id === id);
    return descend(start, names);
  }
  const names = target.split('.');
  return names[0] === '' ? descend(source, names.slice(1)) : descend(source.parent ?? source, names);
}

function leaving(node: Node): Place[] {
  const { state, path } = node;
  return [
    ...Object.entries(state.on ?? {}).flatMap(([event, to]) => transitionsOf(to, [...path, 'on', event])),
    ...Object.entries(state.after ?? {}).flatMap(([delay, to]) => transitionsOf(to, [...path, 'after', delay])),
    ...transitionsOf(state.always, [...path, 'always']),
    ...transitionsOf(state.invoke?.onDone, [...path, 'invoke', 'onDone']),
    ...transitionsOf(state.invoke?.onError, [...path, 'invoke', 'onError']),
  ];
}

function checkTree(root: Node, fault: (path: Path, message: string) => void): void {
  const nodes = every(root);
  for (const node of nodes) {
    const { state, path } = node;
    const compound = node.children.size > 0;
    if (compound && (state.initial === undefined || !node.children.has(state.initial)))
      fault([...path, 'initial'], `There is no state “${state.initial ?? ''}” here to begin with.`);
    if (state.type === 'final') {
      if (node.parent !== root) fault([...path, 'type'], 'A final state must stand at the top level of its flow.');
      if (leaving(node).length > 0) fault(path, 'A final state has ended: nothing may lead out of it.');
    }
    for (const { path: place, transition } of leaving(node))
      if (transition.target !== undefined && !targetOf(root, node, transition.target))
        fault([...place, 'target'], `There is no state “${transition.target}”.`);
    for (const [event] of Object.entries(state.on ?? {}))
      if (!FLOW_EVENTS.has(event) && !/^choose\.([a-z0-9_]+|\*)$/.test(event))
        fault(
          [...path, 'on', event],
          `Nothing ever sends “${event}”. Known are: choose.<value>, ${[...FLOW_EVENTS].join(', ')}.`,
        );
    for (const { path: place, transition } of transitionsOf(state.always, [...path, 'always']))
      if (transition.target === undefined) fault(place, 'An always transition must lead to another state.');
    for (const delay of Object.keys(state.after ?? {}))
      if (/^\d+$/.test(delay) && Number(delay) < 1_000)
        fault([...path, 'after', delay], 'A delay is at least 1000 milliseconds.');
  }
  checkReach(root, nodes, fault);
  checkEndless(root, nodes, fault);
}

function checkReach(root: Node, nodes: readonly Node[], fault: (path: Path, message: string) => void): void {
  const reached = new Set<Node>();
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    for (const next of [node, ...ancestors(node), ...opening(node)]) {
      if (reached.has(next)) continue;
      reached.add(next);
      for (const { transition } of leaving(next)) {
        const target = transition.target === undefined ? undefined : targetOf(root, next, transition.target);
        if (target) waiting.push(target);
      }
    }
  }
  for (const node of nodes) if (!reached.has(node)) fault(node.path, 'Nothing leads to this state.');
}

/** Any circle of `always` alone is refused, guarded or not: whether it ends could only be found out by running it. */
function checkEndless(root: Node, nodes: readonly Node[], fault: (path: Path, message: string) => void): void {
  const next = (node: Node): Node[] =>
    transitionsOf(node.state.always, []).flatMap(({ transition }) => {
      const target = transition.target === undefined ? undefined : targetOf(root, node, transition.target);
      return target ? [target, ...opening(target), ...ancestors(target)].filter(({ state }) => state.always) : [];
    });
  const done = new Set<Node>();
  const walk = (node: Node, road: readonly Node[]): void => {
    if (road.includes(node)) {
      const circle = [...road.slice(road.indexOf(node)), node].map(({ key }) => key).join(' → ');
      fault([...node.path, 'always'], `This never ends: ${circle}.`);
      return;
    }
    if (done.has(node)) return;
    for (const after of next(node)) walk(after, [...road, node]);
    done.add(node);
  };
  for (const node of nodes) if (node.state.always) walk(node, []);
}

function checkQuestions(node: Node, fault: (path: Path, message: string) => void): void {
  const entries = actionsOf(node.state.entry);
  const questions = entries.filter(({ type }) => QUESTIONS.has(type));
  if (questions.length > 1) fault([...node.path, 'entry'], 'A state puts one question at most.');
  const handled = (event: string): boolean =>
    [node, ...ancestors(node)].some(
      ({ state }) =>
        state.on?.[event] !== undefined || (state.on?.['choose.*'] !== undefined && event.startsWith('choose.')),
    );
  const needs = (event: string, what: string): void => {
    if (!handled(event)) fault([...node.path, 'on'], `${what} leads nowhere: add “${event}”.`);
  };
  for (const action of questions) {
    if (action.type === 'ask') needs('answer', 'The answer');
    if (action.type === 'askRating') for (const score of [1, 5]) needs(`choose.${score}`, 'The rating');
    if (action.type === 'clarify') needs('choose.none', 'The button for none of them');
    if (action.params && 'choices' in action.params)
      for (const choice of action.params.choices ?? []) needs(`choose.${choice.value}`, `The button “${choice.value}”`);
  }
  const elsewhere: [Path, FlowAction[]][] = [
    [[...node.path, 'exit'], actionsOf(node.state.exit)],
    ...leaving(node).map(({ path, transition }): [Path, FlowAction[]] => [
      [...path, 'actions'],
      actionsOf(transition.actions),
    ]),
  ];
  for (const [path, list] of elsewhere)
    for (const { type } of list)
      if (QUESTIONS.has(type))
        fault(path, `“${type}” puts a question: it must stand in a state's entry, where it can be put again.`);
}

/** Templates, patterns and names of sub-flows, wherever they stand. */
function checkWords(
  value: unknown,
  path: Path,
  flows: ReadonlySet<string>,
  fault: (path: Path, message: string) => void,
): void {
  if (typeof value === 'string') {
    const wrong = value.includes('{{') ? templateFault(value) : null;
    if (wrong) fault(path, wrong);
    if (path.at(-1) === 'pattern')
      try {
        patternOf(value);
      } catch (error) {
        fault(path, `This is no RE2 pattern: ${error instanceof Error ? error.message : String(error)}.`);
      }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if ('src' in value && value.src === 'runFlow' && 'input' in value) {
    const { flow } = value.input as { flow: string };
    if (!flow.includes('{{') && !flows.has(flow)) fault([...path, 'input', 'flow'], `There is no flow “${flow}”.`);
  }
  for (const [key, inner] of Object.entries(value))
    checkWords(inner, [...path, Array.isArray(value) ? Number(key) : key], flows, fault);
}

/** Checks one flow. `flows`: names of all the flows it is published with. */
export function checkFlow(json: unknown, flows: ReadonlySet<string>): { flow: Flow } | { errors: FieldError[] } {
  const parsed = Flow.safeParse(json);
  if (!parsed.success) return { errors: explain(parsed.error.issues, json) };
  const errors: FieldError[] = [];
  const fault = (path: Path, message: string): void => void errors.push({ path: placeOf(path), message });
  const root = treeOf(parsed.data);
  checkTree(root, fault);
  const ids = new Map<string, Node>();
  for (const node of every(root)) {
    checkQuestions(node, fault);
    const id = node.state.invoke?.id;
    if (id === undefined) continue;
    if (ids.has(id)) fault([...node.path, 'invoke', 'id'], `“${id}” is the id of another actor already.`);
    ids.set(id, node);
  }
  checkWords(parsed.data, [], flows, fault);
  return errors.length > 0 ? { errors } : { flow: parsed.data };
}

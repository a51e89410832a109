import { stem } from './stemmer.ts';

/** Examples of Porter's paper of 1980, step by step, carried through the whole algorithm. */
const PAPER = `
  caresses:caress ponies:poni ties:ti caress:caress cats:cat feed:feed agreed:agre plastered:plaster bled:bled
  motoring:motor sing:sing conflated:conflat troubled:troubl sized:size hopping:hop tanned:tan falling:fall
  hissing:hiss fizzed:fizz failing:fail filing:file happy:happi sky:sky relational:relat conditional:condit
  rational:ration valenci:valenc hesitanci:hesit digitizer:digit conformabli:conform radicalli:radic
  differentli:differ vileli:vile analogousli:analog vietnamization:vietnam predication:predic operator:oper
  feudalism:feudal decisiveness:decis hopefulness:hope callousness:callous formaliti:formal sensitiviti:sensit
  sensibiliti:sensibl triplicate:triplic formative:form formalize:formal electriciti:electr electrical:electr
  hopeful:hope goodness:good revival:reviv allowance:allow inference:infer airliner:airlin gyroscopic:gyroscop
  adjustable:adjust defensible:defens irritant:irrit replacement:replac adjustment:adjust dependent:depend
  adoption:adopt homologou:homolog communism:commun activate:activ angulariti:angular homologous:homolog
  effective:effect bowdlerize:bowdler probate:probat rate:rate cease:ceas controll:control roll:roll`;

test.each(
  PAPER.trim()
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
)('%s has the stem %s', (word, expected) => {
  expect(stem(word)).toBe(expected);
});

test('forms of one word meet', () => {
  expect(new Set(['ship', 'ships', 'shipped', 'shipping'].map(stem))).toEqual(new Set(['ship']));
  expect(new Set(['refund', 'refunds', 'refunded', 'refunding'].map(stem))).toEqual(new Set(['refund']));
  expect(new Set(['delivery', 'deliveries'].map(stem)).size).toBe(1);
});

test('short words, numbers and other scripts come back as they are', () => {
  expect(['is', 'v60', 'naïve', '2015', "n't", 'ё'].map(stem)).toEqual(['is', 'v60', 'naïve', '2015', "n't", 'ё']);
});

/** English words that carry grammar and no subject; contracted endings as `wordsOf` cuts them. */
const ENGLISH = new Set(
  `a about all also am an and any are as at be been but by can could did do does for from get go had has have he her here
  him his how i if in into is it its just know let like me more my need no not now of ok okay on or our out please she so
  some tell than that the their them then there these they this those to too up us want was we well were what when where
  which who why will with would yes you your n't 's 're 've 'll 'd 'm im dont cant`.split(/\s+/),
);

/** Whether an English word (lower case) says nothing about the subject of its sentence. */
export const isFunctionWord = (word: string): boolean => ENGLISH.has(word);

/** Chinese characters (Simplified) that carry grammar; two of them in a row say no more than one. */
const CHINESE = new Set(
  '请问我你您他她它们的地得了吗呢吧啊呀哦喔啦嘛想要可以能会有是在这那哪个什么怎样一下谢多少几如何为就都也还再很才又把被和跟与或及但而因所果应该需让给对于不没',
);

/** Whether a Chinese character (Simplified) says nothing about the subject of its sentence. */
export const isFunctionCharacter = (character: string): boolean => CHINESE.has(character);

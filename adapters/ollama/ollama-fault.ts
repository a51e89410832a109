/**
 * `unreachable` no answer, or cut off · `missing-model` not pulled · `unsuited` the model cannot do what is asked ·
 * `refused` the server said no · `invalid` an answer that is none · `away` no server may be asked now.
 */
export type OllamaFaultKind = 'unreachable' | 'missing-model' | 'unsuited' | 'refused' | 'invalid' | 'away';

/** Why a model gave no answer that could be used. Its words are ours: nothing of a customer's or a model's text is in it. */
export class OllamaFault extends Error {
  readonly kind: OllamaFaultKind;

  constructor(kind: OllamaFaultKind, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'OllamaFault';
    this.kind = kind;
  }
}

/** What every page of `pages` offers to the benchmark as `window.engine`. */
interface Engine {
  /** Starts the engine and loads a file; resolves once it can answer, with how long that took. */
  load(file: string): Promise<number>;
  /** Asks in a fresh dialogue and stops after this many tokens. */
  answer(question: Question, tokens: number): Promise<Answer>;
}

/** What is asked. */
interface Question {
  text: string;
  /** Template and question as tokens, for an engine that makes others of them. */
  ids: number[];
}

/** Times on the clock of the page, milliseconds since the question was sent. */
interface Answer {
  /** Tokens that the engine read. */
  promptTokens: number;
  /** Tokens until `lastMs`; the first of them came at `firstMs`. */
  tokens: number;
  firstMs: number;
  lastMs: number;
  text: string;
}

/** How every engine is asked: `prompts.json`. */
interface Prompts {
  system: string;
  short: string;
  long: string;
  sampling: {
    temperature: number;
    top_k: number;
    top_p: number;
    repeat_penalty: number;
    repeat_window: number;
    seed: number;
  };
}

interface Window {
  engine: Engine;
}

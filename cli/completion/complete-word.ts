/** First word of a command line that asks for completions; shells send it, people do not. */
export const COMPLETE_WORD = "--complete";

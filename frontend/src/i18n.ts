// The words of the interface: Vietnamese is written in the code, other languages are looked up.

type Values = Record<string, string | number>;

let language = 'vi';
let messages: Record<string, string> = {};
let plural = new Intl.PluralRules('vi');

export function setLanguage(lang: string, translated: Record<string, string>): void {
  language = lang;
  messages = translated;
  plural = new Intl.PluralRules(lang);
}

export function getLanguage(): string {
  return language;
}

/**
 * The sentence in the reader's language. `{n}` is replaced by a value; `{n:result|results}`, which
 * only a translation needs (Vietnamese has no plural), chooses a word by the number.
 */
export function t(source: string, values: Values = {}): string {
  const sentence = messages[source] || source;
  return sentence.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return String(value);
    return plural.select(Number(value)) === 'one' ? one : many;
  });
}

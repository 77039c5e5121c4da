import { limits } from "#shared/protocol/limits.ts";

/**
 * `malformed`: no update, or one that holds clocks open (Skip). `too-large`: past a bound that its receiver set.
 * `harmful`: of a shape that nobody honest sends and that hurts whoever keeps it.
 */
export type Unreadable = "malformed" | "too-large" | "harmful";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const [openList, closeList, openRecord, closeRecord] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Walks over the values of an update without building any of them [R4]: no string is decoded, no number of a claimed
 * length is believed before the bytes are there, and nothing calls itself. What lib0 or `JSON.parse` would throw on is
 * refused here. After the first refusal every read gives 0 and moves nothing, so callers look at `refused` once per round.
 */
export class UpdateBytes {
  at = 0;
  refused: Unreadable | undefined;
  readonly #bytes: Uint8Array;
  /** Of each open list or record inside a value: how many entries are still to come. */
  readonly #toCome = new Float64Array(limits.valueNesting + 1);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.refused ? 0 : this.#bytes.length - this.at;
  }

  refuse(why: Unreadable): 0 {
    this.refused ??= why;
    this.at = this.#bytes.length;
    return 0;
  }

  byte(): number {
    return this.at < this.#bytes.length ? (this.#bytes[this.at++] as number) : this.refuse("malformed");
  }

  /** A whole number from 0 on that survives arithmetic. */
  uint(): number {
    const bytes = this.#bytes;
    let value = 0;
    let unit = 1;
    // Eight times seven bits hold every safe number; more bytes would only pad it.
    for (let count = 0; count < 8 && this.at < bytes.length; count++) {
      const byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.refuse("malformed");
      unit *= 0x80;
    }
    return this.refuse("malformed");
  }

  skip(count: number): void {
    if (count > this.left) this.refuse("malformed");
    else this.at += count;
  }

  /** UTF-16 units of a string of any length. Yjs merges what is written in one go, so a whole story may be one string. */
  words(): number {
    const until = this.#textEnd();
    return this.refused ? 0 : this.#letters(until);
  }

  /** A string that is a value or a name, not people's running words. */
  shortText(): number {
    const length = this.words();
    return length > limits.valueLetters ? this.refuse("too-large") : length;
  }

  /** A name under which something is put into a plain object sooner or later. */
  key(): void {
    const until = this.#textEnd();
    const start = this.at;
    if (this.refused) return;
    if (this.#letters(until) > limits.valueLetters) this.refuse("too-large");
    const isProto =
      until - start === protoBytes.length && protoBytes.every((byte, at) => this.#bytes[start + at] === byte);
    if (isProto) this.refuse("harmful");
  }

  /** One value of lib0's `any` encoding. */
  any(): void {
    let depth = 0;
    let records = 0;
    for (;;) {
      const tag = this.byte();
      switch (tag) {
        case 127: // undefined
        case 126: // null
        case 121: // false
        case 120: // true
          break;
        case 125:
          this.#int();
          break;
        case 124: // float32
          this.skip(4);
          break;
        case 123: // float64
        case 122: // bigint
          this.skip(8);
          break;
        case 119:
          this.shortText();
          break;
        case 118: // record
        case 117: // list
          if (depth === limits.valueNesting) this.refuse("harmful");
          else this.#toCome[++depth] = this.uint();
          records = tag === 118 ? records | (1 << depth) : records & ~(1 << depth);
          break;
        case 116: // bytes
          this.skip(this.uint());
          break;
        default:
          this.refuse("malformed");
      }
      while (depth > 0 && this.#toCome[depth] === 0) depth--;
      if (this.refused || depth === 0) return;
      (this.#toCome[depth] as number)--;
      if (records & (1 << depth)) this.key();
    }
  }

  /** A string that holds JSON. `orUndefined`: or the bare word, as Yjs writes what JSON lacks into its old lists. */
  json(orUndefined: boolean): void {
    const until = this.#textEnd();
    const start = this.at;
    if (this.refused) return;
    this.#letters(until);
    if (this.refused) return;
    this.at = start;
    if (orUndefined && until - start === 9 && this.#takesLiteral("undefined", until)) return;
    if (!this.#jsonValue(until)) this.refuse("malformed");
  }

  #int(): void {
    let byte = this.byte();
    for (let count = 1; byte >= 0x80; count++) {
      if (count === 8) this.refuse("malformed");
      byte = this.byte();
    }
  }

  #textEnd(): number {
    const length = this.uint();
    return length > this.left ? this.refuse("malformed") : this.at + length;
  }

  /** Goes over UTF-8 up to there and counts UTF-16 units; what a strict decoder would throw on is refused. */
  #letters(until: number): number {
    const bytes = this.#bytes;
    let at = this.at;
    let units = 0;
    while (at < until) {
      const lead = bytes[at] as number;
      units++;
      if (lead < 0x80) {
        at++;
        continue;
      }
      const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
      if (lead < 0xc2 || lead > 0xf4 || at + more >= until) return this.refuse("malformed");
      // The second byte rules out longer spellings than needed, halves of pairs, and what is past the last letter.
      const second = bytes[at + 1] as number;
      const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (second < lowest || second > highest) return this.refuse("malformed");
      for (let next = 2; next <= more; next++) {
        if (((bytes[at + next] as number) & 0xc0) !== 0x80) return this.refuse("malformed");
      }
      if (more === 3) units++;
      at += more + 1;
    }
    this.at = at;
    return units;
  }

  /** From here on the bytes up to `until` are known to be UTF-8. Ends there, or refuses. */
  #jsonValue(until: number): boolean {
    let depth = 0;
    let records = 0;
    for (;;) {
      const first = this.#token(until);
      if (first === openRecord || first === openList) {
        const isRecord = first === openRecord;
        this.at++;
        if (depth === limits.valueNesting) this.refuse("harmful");
        if (this.refused) return false;
        depth++;
        records = isRecord ? records | (1 << depth) : records & ~(1 << depth);
        if (this.#token(until) !== (isRecord ? closeRecord : closeList)) {
          if (isRecord && !this.#jsonKey(until)) return false;
          continue;
        }
      } else if (!this.#jsonLeaf(first, until)) return false;
      // A value is complete: close what ends with it, up to the next one.
      for (;;) {
        const next = this.#token(until);
        if (depth === 0) return next === -1;
        const inRecord = (records & (1 << depth)) !== 0;
        this.at++;
        if (next === comma) {
          if (inRecord && !this.#jsonKey(until)) return false;
          break;
        }
        if (next !== (inRecord ? closeRecord : closeList)) return false;
        depth--;
      }
    }
  }

  /** The next byte that is no white space, still unread; -1 at the end. */
  #token(until: number): number {
    while (this.at < until) {
      const byte = this.#bytes[this.at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
    return -1;
  }

  #jsonLeaf(first: number, until: number): boolean {
    if (first === quote) return this.#jsonString(until, false);
    if (first === 0x74) return this.#takesLiteral("true", until);
    if (first === 0x66) return this.#takesLiteral("false", until);
    if (first === 0x6e) return this.#takesLiteral("null", until);
    return this.#jsonNumber(until);
  }

  #takesLiteral(word: string, until: number): boolean {
    if (until - this.at < word.length) return false;
    for (let index = 0; index < word.length; index++) {
      if (this.#bytes[this.at + index] !== word.charCodeAt(index)) return false;
    }
    this.at += word.length;
    return true;
  }

  #jsonNumber(until: number): boolean {
    if (this.#is(0x2d, until)) this.at++;
    if (this.#is(0x30, until)) this.at++;
    else if (!this.#digits(until)) return false;
    if (this.#is(0x2e, until)) {
      this.at++;
      if (!this.#digits(until)) return false;
    }
    if (this.#is(0x65, until) || this.#is(0x45, until)) {
      this.at++;
      if (this.#is(0x2b, until) || this.#is(0x2d, until)) this.at++;
      if (!this.#digits(until)) return false;
    }
    return true;
  }

  #is(byte: number, until: number): boolean {
    return this.at < until && this.#bytes[this.at] === byte;
  }

  #digits(until: number): boolean {
    const start = this.at;
    while (this.at < until && (this.#bytes[this.at] as number) >= 0x30 && (this.#bytes[this.at] as number) <= 0x39) {
      this.at++;
    }
    return this.at > start;
  }

  #jsonKey(until: number): boolean {
    if (this.#token(until) !== quote || !this.#jsonString(until, true) || this.#token(until) !== colon) return false;
    this.at++;
    return true;
  }

  #jsonString(until: number, isKey: boolean): boolean {
    this.at++;
    let units = 0;
    /** Letters that were as in `__proto__` so far, escaped or not; -1 once one was not. */
    let alike = isKey ? 0 : -1;
    while (this.at < until) {
      const byte = this.#bytes[this.at++] as number;
      if (byte === quote) {
        if (alike === protoBytes.length) this.refuse("harmful");
        if (units > limits.valueLetters) this.refuse("too-large");
        return !this.refused;
      }
      if (byte < 0x20) return false;
      const unit = byte === backslash ? this.#escaped(until) : byte;
      if (unit < 0) return false;
      if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
      if (alike >= 0) alike = unit === protoBytes[alike] ? alike + 1 : -1;
    }
    return false;
  }

  /** What stands after a backslash, as a UTF-16 unit; -1 when it is nothing. */
  #escaped(until: number): number {
    if (this.at >= until) return -1;
    const byte = this.#bytes[this.at++] as number;
    if (byte !== 0x75) return plainEscapes.includes(byte) ? byte | 0x100 : -1;
    if (until - this.at < 4) return -1;
    let unit = 0;
    for (let count = 0; count < 4; count++) {
      const digit = hexDigit(this.#bytes[this.at++] as number);
      if (digit < 0) return -1;
      unit = unit * 16 + digit;
    }
    return unit;
  }
}

const protoBytes = Uint8Array.from("__proto__", (letter) => letter.charCodeAt(0));
/** `" \ / b f n r t`; none of them escapes to a letter of a name that matters here. */
const plainEscapes: readonly number[] = [0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74];

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

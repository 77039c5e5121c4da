/**
 * Byte strings one behind the other in one block: an array of its own costs each of them some 200 bytes more, which for
 * the rows after a snapshot is more than what they hold. What `row` hands out stays as it is, whatever comes.
 */
export class PackedRows {
  #block = nothing;
  #ends = noEnds;

  get length(): number {
    return this.#ends.length;
  }

  get byteLength(): number {
    return this.#ends.at(-1) ?? 0;
  }

  push(bytes: Uint8Array): void {
    const from = this.byteLength;
    const to = from + bytes.length;
    if (to > this.#block.length) {
      const larger = new Uint8Array(Math.max(firstBytes, to + (to >> 2)));
      larger.set(this.#block.subarray(0, from));
      this.#block = larger;
    }
    this.#block.set(bytes, from);
    if (this.#ends === noEnds) this.#ends = [to];
    else this.#ends.push(to);
  }

  row(index: number): Uint8Array {
    return this.#block.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  all(): readonly Uint8Array[] {
    return this.#ends.map((_, index) => this.row(index));
  }

  dropFirst(count: number): void {
    const gone = count === 0 ? 0 : (this.#ends[count - 1] as number);
    if (gone === this.byteLength) {
      this.#block = nothing;
      this.#ends = noEnds;
      return;
    }
    // A new block: somebody may still be reading from the old one.
    this.#block = this.#block.slice(gone, this.byteLength);
    this.#ends = this.#ends.slice(count).map((end) => end - gone);
  }
}

const firstBytes = 1_024;
/** Shared by all that hold nothing, and never written to. */
const nothing = new Uint8Array(0);
const noEnds: number[] = [];

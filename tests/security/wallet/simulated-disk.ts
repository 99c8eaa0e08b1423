import { posix } from 'node:path'

/** A file's content: what programs read, and what of it would survive. */
interface Content {
  now: Uint8Array
  durable: Uint8Array
}

/** A change of a folder that is not on the disk yet. */
type Naming =
  | { readonly op: 'link'; readonly name: string; readonly content: Content }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'unlink'; readonly name: string }

/** Thrown in a process whose power is cut. */
export class PowerCut extends Error {}

export interface Trouble {
  /** The step (from 1) before which the power is cut. */
  readonly cutAt?: number
  /** The step (from 1) that fails with `code`. */
  readonly failAt?: number
  readonly code?: string
  /** The control: a disk that says synchronised and does nothing. */
  readonly lying?: boolean
}

/** How much of what was not synchronised reached the disk all the same. */
export interface Luck {
  /** Changes of folders, in order, up to so many. */
  readonly namings: number
  /** Of each unsynchronised content: nothing, the first half, all. */
  readonly contents: 'none' | 'half' | 'all'
}

/**
 * The part of `node:fs/promises` that the vault's adapters use, over a disk that keeps what was synchronised and, at a
 * power cut, of the rest only what luck has it keep. Changes of names reach it in the order they were made, as journals
 * of file systems have it.
 */
export class SimulatedDisk {
  readonly #durable = new Map<string, Content>()
  readonly #pending: Naming[] = []
  #names = new Map<string, Content>()
  #steps = 0
  #trouble: Trouble = {}

  get steps(): number {
    return this.#steps
  }

  get pendingNamings(): number {
    return this.#pending.length
  }

  /** Counts steps anew, with trouble ahead. */
  expect(trouble: Trouble): void {
    this.#steps = 0
    this.#trouble = trouble
  }

  /** The power comes back: what was not on the disk is gone, but for luck. */
  cut({ namings, contents }: Luck): void {
    for (const naming of this.#pending.splice(0).slice(0, namings)) apply(this.#durable, naming)
    this.#names = new Map(this.#durable)
    for (const content of new Set(this.#names.values())) {
      const { now, durable } = content
      const reached = contents === 'all' ? now : contents === 'half' ? now.slice(0, now.length / 2) : durable
      content.now = content.durable = now === durable ? durable : reached
    }
    this.#trouble = {}
  }

  #step(): void {
    this.#steps++
    // Nothing happens any more: what a program does after its end is nothing the disk hears of.
    if (this.#steps >= (this.#trouble.cutAt ?? Infinity)) throw new PowerCut()
    if (this.#steps === this.#trouble.failAt) throw failure(this.#trouble.code ?? 'EIO')
  }

  #naming(naming: Naming): void {
    this.#step()
    apply(this.#names, naming)
    this.#pending.push(naming)
  }

  /** What stands in for `node:fs/promises`. */
  readonly promises = {
    mkdir: () => Promise.resolve(undefined),
    readFile: async (file: string, encoding?: string) => {
      const { now } = this.#find(file)
      return Promise.resolve(encoding === undefined ? now.slice() : new TextDecoder().decode(now))
    },
    stat: async (file: string) => Promise.resolve({ size: this.#find(file).now.length }),
    rename: async (from: string, to: string) => {
      this.#find(from)
      this.#naming({ op: 'rename', from, to })
      return Promise.resolve()
    },
    link: async (from: string, to: string) => {
      if (this.#names.has(to)) throw failure('EEXIST')
      this.#naming({ op: 'link', name: to, content: this.#find(from) })
      return Promise.resolve()
    },
    rm: async (file: string) => {
      if (this.#names.has(file)) this.#naming({ op: 'unlink', name: file })
      return Promise.resolve()
    },
    open: async (file: string, flags: string) => {
      if (flags === 'r') return Promise.resolve(this.#folder(file))
      if (flags === 'wx' && this.#names.has(file)) throw failure('EEXIST')
      const content = this.#names.get(file) ?? { now: new Uint8Array(), durable: new Uint8Array() }
      if (!this.#names.has(file)) this.#naming({ op: 'link', name: file, content })
      content.now = new Uint8Array()
      return Promise.resolve(this.#handle(content))
    },
  }

  #handle(content: Content) {
    return {
      // Two steps: a write may be torn in the middle.
      writeFile: (data: Uint8Array | string) => {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice()
        this.#step()
        content.now = bytes.slice(0, bytes.length / 2)
        this.#step()
        content.now = bytes
        return Promise.resolve()
      },
      sync: () => {
        this.#step()
        if (this.#trouble.lying !== true) content.durable = content.now
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
  }

  #folder(folder: string) {
    return {
      sync: () => {
        this.#step()
        if (this.#trouble.lying === true) return Promise.resolve()
        for (const naming of this.#pending.splice(0)) apply(this.#durable, naming)
        return Promise.resolve(folder)
      },
      close: () => Promise.resolve(),
    }
  }

  #find(file: string): Content {
    const content = this.#names.get(file)
    if (content === undefined) throw failure('ENOENT')
    return content
  }

  /** Names of the files in a folder. */
  list(folder: string): string[] {
    return [...this.#names.keys()].filter((file) => posix.dirname(file) === folder).map((file) => posix.basename(file))
  }
}

function apply(names: Map<string, Content>, naming: Naming): void {
  if (naming.op === 'link') names.set(naming.name, naming.content)
  else if (naming.op === 'unlink') names.delete(naming.name)
  else {
    const content = names.get(naming.from)
    names.delete(naming.from)
    if (content !== undefined) names.set(naming.to, content)
  }
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { readFile } from 'node:fs/promises'
import { Fault } from '@fujie/shared/core/fault.ts'

/** Whom a command may ask. */
export interface Terminal {
  /** Whether a person sits there. */
  readonly isInteractive: boolean
  /** Asks for something that must not be seen: nothing typed is echoed. @throws Fault `vault.locked` if nobody is there */
  askSecret(question: string): Promise<string>
  /** @throws Fault `consent.declined` if nobody is there */
  ask(question: string): Promise<string>
}

/** A stream of keys, as a terminal is one. */
export interface KeySource extends Readable {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

export function createTerminal(input: KeySource, out: (text: string) => void): Terminal {
  const isInteractive = input.isTTY === true && input.setRawMode !== undefined
  return {
    isInteractive,
    async askSecret(question) {
      if (!isInteractive) throw new Fault('vault.locked', { passphrase: false })
      out(question)
      return readHidden(input).finally(() => out('\n'))
    },
    async ask(question) {
      if (!isInteractive) throw new Fault('consent.declined', { terminal: false })
      out(question)
      const lines = createInterface({ input })
      return lines.question('').finally(() => lines.close())
    },
  }
}

const [enter, lineFeed, interrupt, end, erase, backspace] = ['\r', '\n', '\u0003', '\u0004', '\u007f', '\b']

/** One line, key by key, with the terminal's own echo off. */
async function readHidden(input: KeySource): Promise<string> {
  input.setRawMode?.(true)
  input.setEncoding('utf8')
  try {
    return await new Promise((resolve, reject) => {
      let typed: string[] = []
      const read = (keys: string) => {
        for (const key of keys) {
          if (key === enter || key === lineFeed || key === end) return done(() => resolve(typed.join('')))
          if (key === interrupt) return done(() => reject(new Fault('vault.locked', { interrupted: true })))
          typed = key === erase || key === backspace ? typed.slice(0, -1) : [...typed, key]
        }
      }
      const done = (answer: () => void) => {
        input.off('data', read)
        answer()
      }
      input.on('data', read)
      input.resume()
    })
  } finally {
    input.pause()
    input.setRawMode?.(false)
  }
}

/** A secret kept in a file: its first line. @throws Fault `not_found` */
export async function readSecretFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault('not_found', { file }, { cause })
  })
  return text.split(/\r?\n/)[0] ?? ''
}

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One JSON-RPC question. */
export interface Question {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** What a node says to a question, given what the chain says; undefined: it hangs up. */
export type Answerer = (question: Question, truth: unknown) => unknown

interface Answer {
  readonly result?: unknown
  readonly error?: unknown
}

/** A node before a chain that says what it likes, and remembers what it was asked. */
export class LyingNode {
  readonly url: string
  readonly asked: Question[] = []
  /** By default the truth. */
  say: Answerer = (_question, truth) => truth
  /** With what it fails instead, if it does. */
  fail: (question: Question) => object | undefined = () => undefined
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async before(chain: string): Promise<LyingNode> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const body = Buffer.concat(chunks).toString()
        const question = JSON.parse(body) as Question
        node.asked.push(question)
        const truth = await fetch(chain, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        const { result, error: own } = (await truth.json()) as Answer
        const error = node.fail(question) ?? own
        const said = error === undefined ? node.say(question, result) : undefined
        if (error === undefined && said === undefined) return void response.destroy()
        const answer = error === undefined ? { result: said } : { error }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ jsonrpc: '2.0', id: question.id, ...answer }))
      })().catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const node = new LyingNode(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return node
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A chain seen through so many nodes. */
export async function nodesBefore(chain: string, count: number): Promise<readonly LyingNode[]> {
  return Promise.all(Array.from({ length: count }, () => LyingNode.before(chain)))
}

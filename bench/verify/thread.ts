// A thread that says when it is ready, and then how many cards it judged in so many seconds.
import { parentPort } from 'node:worker_threads'
import { World } from '../../tests/fixtures/world.ts'
import { judgeCards, showCards } from './sd-jwt.ts'

const world = await World.make()
const judge = judgeCards(await showCards(10), world.policy())
for (let i = 0; i < 3_000; i++) await judge()

parentPort?.on('message', (seconds: number) => {
  void judgeFor(seconds).then((judged) => parentPort?.postMessage(judged))
})
parentPort?.postMessage(0)

async function judgeFor(seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1_000
  let judged = 0
  for (; performance.now() < end; judged++) await judge()
  return judged
}

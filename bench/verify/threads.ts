import { Worker } from 'node:worker_threads'

/** Seconds of the clock in which each number of threads judges. */
const seconds = 4

/**
 * Judgements a second by so many threads, each with cards of its own; by the clock, as threads are there to save it.
 */
export async function judgedBy(threads: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL('thread.ts', import.meta.url)))
  await Promise.all(workers.map((worker) => answerOf(worker)))
  const judged = workers.map((worker) => answerOf(worker))
  for (const worker of workers) worker.postMessage(seconds)
  const counts = await Promise.all(judged)
  await Promise.all(workers.map((worker) => worker.terminate()))
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

function answerOf(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

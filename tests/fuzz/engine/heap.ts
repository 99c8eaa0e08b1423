import { setFlagsFromString, getHeapStatistics } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the heap and beside it, garbage included. */
export function usedBytes(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics()
  return used + external
}

/** Bytes that are still in use after all garbage is gone. */
export function liveBytes(): number {
  collect()
  return usedBytes()
}

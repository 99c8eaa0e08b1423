import { Fault } from '../core/fault.ts'
import { limits } from '../core/limits.ts'
import { formatTilePath, parseEntryBundle, formatEntryBundle, tileWidth, type TileName } from '../core/log/tile.ts'
import type { Http } from '../ports/http.ts'
import type { LogReader } from '../ports/log-reader.ts'

const bundleLimit = tileWidth * (limits.trustRecord + 2)

/** The log at an address, through the one guarded way out. */
export function logOverHttp(http: Http, registry: string): LogReader {
  const base = registry.replace(/\/$/, '')
  async function get(path: string, limit: number): Promise<Uint8Array> {
    const answer = await http.send({ method: 'GET', url: `${base}/${path}`, limit }).catch((cause: unknown) => {
      throw new Fault('registry.unreachable', {}, { cause })
    })
    if (answer.status === 404) throw new Fault('record.not_found', { path })
    if (answer.status !== 200) throw new Fault('registry.unreachable', { status: answer.status })
    return answer.body
  }
  return {
    checkpoint: () => get('checkpoint', limits.checkpoint),
    async tile(name) {
      const limit = name.level === 'entries' ? bundleLimit : 32 * tileWidth
      try {
        return await get(formatTilePath(name), limit)
      } catch (thrown) {
        const isGone = thrown instanceof Fault && thrown.code === 'record.not_found' && name.width < tileWidth
        if (!isGone) throw thrown
      }
      // Partial tiles go a day after the full one took their place.
      return firstOf(name, await get(formatTilePath({ ...name, width: tileWidth }), limit))
    },
  }
}

function firstOf({ level, width }: TileName, full: Uint8Array): Uint8Array {
  return level === 'entries' ? formatEntryBundle(parseEntryBundle(full).slice(0, width)) : full.slice(0, 32 * width)
}

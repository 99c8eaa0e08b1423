import { isJsonArray, isJsonObject, parseJsonBytes } from '../core/encoding/json.ts'
import { Fault, within, type FaultCode } from '../core/fault.ts'
import { limits } from '../core/limits.ts'
import { bundleTypes } from '../core/log/bundle.ts'
import type { Http } from '../ports/http.ts'
import type { RegistryReader } from '../ports/registry-reader.ts'

const proofLimit = 2 * limits.checkpoint
const listLimit = limits.blob

/** A registry at an address, through the one guarded way out. */
export function registryOverHttp(http: Http, registry: string): RegistryReader {
  const get = (path: string, limit: number, absent: FaultCode, accept = '*/*') =>
    fetchBytes(http, `${registry}${path}`, limit, absent, accept)
  return {
    proof: (ns, name) =>
      get(`/proof/${ns}/${encodeURIComponent(name)}`, proofLimit, 'record.not_found', bundleTypes.json),
    async names(list, subject) {
      const bytes = await get(`/lists/${list}?subject=${encodeURIComponent(subject)}`, listLimit, 'record.not_found')
      return namesIn(bytes)
    },
    blob: (sha256) => get(`/blobs/${sha256}`, limits.blob, 'blob.not_found'),
    checkpoint: () => get('/checkpoint', limits.checkpoint, 'record.not_found'),
  }
}

async function fetchBytes(
  http: Http,
  url: string,
  limit: number,
  absent: FaultCode,
  accept: string,
): Promise<Uint8Array> {
  const answer = await http.send({ method: 'GET', url, headers: { accept }, limit }).catch((cause: unknown) => {
    throw new Fault('registry.unreachable', {}, { cause })
  })
  if (answer.status === 404) throw new Fault(absent)
  if (answer.status !== 200) throw new Fault('registry.unreachable', { status: answer.status })
  return answer.body
}

/** Only the names: what else a row says has no proof. */
function namesIn(bytes: Uint8Array): readonly string[] {
  const rows = within('registry.unreachable', () => parseJsonBytes(bytes, { array: 1_024, string: limits.trustRecord }))
  if (!isJsonArray(rows)) throw new Fault('registry.unreachable', { reason: 'list' })
  return rows.flatMap((row) => (isJsonObject(row) && typeof row.name === 'string' ? [row.name] : []))
}

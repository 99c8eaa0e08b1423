import type { App } from '@fujie/shared/server/app.ts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry as Metrics } from 'prom-client'
import type { Registry } from '../log/registry.ts'

/**
 * `GET /metrics` in the Prometheus text form, on the port that nobody outside reaches: counts and times, never a name.
 */
export function addMetrics(app: App, registry: Registry): void {
  const metrics = new Metrics()
  collectDefaultMetrics({ register: metrics })
  app.addHook('onClose', countEvents(metrics, registry))
  addGauges(metrics, registry)
  app.get('/metrics', async (_request, reply) => {
    void reply.header('cache-control', 'no-store').type(metrics.contentType)
    return reply.send(await metrics.metrics())
  })
}

/** What happens, as it happens; the answer ends it. */
function countEvents(metrics: Metrics, { events }: Registry): () => Promise<void> {
  const registers = [metrics]
  const named = (name: string, help: string) => ({ name: `fujie_registry_${name}`, help, registers })
  const records = new Counter(named('records_total', 'Records sealed since the start'))
  const batches = new Counter(named('batches_total', 'Batches sealed since the start'))
  const anchors = new Counter({ ...named('anchors_total', 'Anchors by what became of them'), labelNames: ['state'] })
  const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
  const lag = new Histogram({
    ...named('publish_seconds', 'From the seal of a batch to its published checkpoint'),
    buckets,
  })
  const open: { readonly size: number; readonly since: number }[] = []
  const stop = events.listen((event) => {
    if (event.type === 'batch') {
      records.inc(event.count)
      batches.inc()
      open.push({ size: event.first + event.count + 1, since: performance.now() })
    } else if (event.type === 'checkpoint') {
      while (open[0] !== undefined && open[0].size <= event.size)
        lag.observe((performance.now() - (open.shift()?.since ?? 0)) / 1_000)
    } else anchors.inc({ state: event.state })
  })
  return () => Promise.resolve(stop())
}

/** How things stand when somebody asks. */
function addGauges(metrics: Metrics, { sequencer, anchorer, states }: Registry): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name: `fujie_registry_${name}`, help, registers: [metrics] },
      collect() {
        this.set(value())
      },
    })
  gauge('sealed_entries', 'Entries of the newest sealed head', () => sequencer.head.size)
  gauge('published_entries', 'Entries under the newest published checkpoint', () => sequencer.publishedSize)
  gauge('anchored_entries', 'Entries under the newest final anchor', () => anchorer.newest?.size ?? 0)
  gauge('dids', 'DIDs there are', () => states.dids())
  gauge('waiting_records', 'Records that wait for a batch', () => sequencer.waiting)
  gauge('read_only', '1 where nothing is added now', () => Number(sequencer.readOnly))
  gauge('published_timestamp_seconds', 'When a checkpoint was last published and read back', () => {
    return sequencer.progress.publishedAt ?? 0
  })
  const trouble = { name: 'fujie_registry_trouble', help: '1 for each thing that is in the way, by its code' }
  new Gauge({
    ...{ ...trouble, labelNames: ['of', 'code'], registers: [metrics] },
    collect() {
      this.reset()
      const { alarm, troubles } = sequencer.progress
      if (alarm !== undefined) this.set({ of: 'log', code: alarm }, 1)
      for (const [name, code] of troubles) this.set({ of: name, code }, 1)
      const ledger = anchorer.alarm ?? anchorer.trouble
      if (ledger !== undefined) this.set({ of: 'ledger', code: ledger }, 1)
    },
  })
}

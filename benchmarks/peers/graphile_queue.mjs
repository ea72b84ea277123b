// graphile-worker (npm) as the queue benchmark's subject; see protocol.py.
//
// Set up as its own performance page does: concurrentJobs 24, maxPoolSize 25, a local queue of 500, completions in batches.
import { createInterface } from "node:readline";
import { Logger, makeWorkerUtils, run, runMigrations } from "graphile-worker";
import pg from "pg";

const [mode, connectionString, ...numbers] = process.argv.slice(2);
const logger = new Logger(() => () => {});
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const now = () => (performance.timeOrigin + performance.now()) / 1000;
const tell = (facts) => new Promise((written) => process.stdout.write(`${JSON.stringify(facts)}\n`, written));

async function withDatabase(use) {
  const pool = new pg.Pool({ connectionString, max: 2 });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

const modes = {
  async setup() {
    await runMigrations({ connectionString, logger });
    await withDatabase((pool) => pool.query("delete from graphile_worker._private_jobs"));
  },
  async fill() {
    const utils = await makeWorkerUtils({ connectionString, logger });
    for (let filled = 0; filled < Number(numbers[0]); filled += 200) {
      await utils.addJobs(Array.from({ length: 200 }, () => ({ identifier: "noop", payload: { n: 1 } })));
    }
    await utils.release();
  },
  async work() {
    const starts = {};
    console.log("ready");
    await lines.next();
    const runner = await run({
      preset: {
        worker: {
          connectionString,
          concurrentJobs: 24,
          maxPoolSize: 25,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger,
        },
      },
      noHandleSignals: true,
      taskList: {
        noop: (_payload, helpers) => {
          starts[helpers.job.id] = now();
        },
      },
    });
    await lines.next();
    await runner.stop();
    await tell({ starts });
  },
  async produce() {
    const [rate, seconds] = numbers.map(Number);
    const utils = await makeWorkerUtils({ connectionString, logger });
    const enqueued = {};
    const begin = now();
    for (let number = 0; number < rate * seconds; number += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, (begin + number / rate - now()) * 1000)));
      const moment = now();
      const job = await utils.addJob("noop", { n: 1 });
      enqueued[job.id] = moment;
    }
    await utils.release();
    await tell({ enqueued });
  },
};

await modes[mode]();
process.exit(0);

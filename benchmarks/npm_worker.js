// EM by the npm package gaussian-mixture, for benchmarks/worker.py: the first line on stdin holds points
// and start; each further one is a number of epochs to fit, which it answers when they are done, or the
// question "cpu", for the seconds of CPU time that this process has taken.
const GMM = require('gaussian-mixture');
const lines = require('readline').createInterface({ input: process.stdin });

let problem = null;
lines.on('line', (line) => {
  if (problem === null) {
    problem = JSON.parse(line);
    return;
  }
  if (line === 'cpu') {
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1e6);
    return;
  }
  const { points, weights, means, variances } = problem;
  const gmm = new GMM(weights.length, [...weights], [...means], [...variances]);
  gmm.optimize(points, Number(line), -1); // a tolerance that no gain falls below
  console.log(line);
});

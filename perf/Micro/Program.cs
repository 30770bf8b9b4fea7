using BenchmarkDotNet.Running;
using Hearth.Perf.Micro.Measuring;

// `check` as the first argument runs everything once, untimed: the answers of all setups, and every kernel compiled.
bool check = args is ["check", ..];
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(check ? args[1..] : args, new KernelConfig(check)).ToList();
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;

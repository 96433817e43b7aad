using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using CreditGrains.Benchmarks;
using Perfolizer.Horology;

// In this process: nothing is generated and built, so a dry run of all takes seconds. "--dry" runs each once.
var isDry = args.Contains("--dry");

// Short iterations: a decision leaves a hold and an id behind, and memory is not what is measured.
var measuring = Job.Default.WithWarmupCount(3).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(250));
var job = (isDry ? Job.Dry : measuring).WithToolchain(InProcessEmitToolchain.Instance);
var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(job);
string[] rest = [.. args.Where(arg => arg != "--dry")];
if (!rest.Contains("--filter")) rest = [.. rest, "--filter", "*"];
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Book).Assembly).Run(rest, config);
return summaries.Any() && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;

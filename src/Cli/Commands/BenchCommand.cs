using System.CommandLine;
using System.Diagnostics;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Threading;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth bench</c>: tokens per second, with llama-bench's flags and columns.</summary>
internal sealed class BenchCommand
{
    public const string Description = "Measures tokens per second, like llama-bench.";

    /// <summary>Before this time is over the JIT compiler has not seen enough of the kernels to write their final code.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private readonly Terminal terminal;
    private readonly Option<string[]> models;
    private readonly Option<string[]> prompts;
    private readonly Option<string[]> generations;
    private readonly Option<string[]> depths;
    private readonly Option<string[]> threads;
    private readonly Option<int?> batch;
    private readonly Option<int?> repetitions;
    private readonly Option<bool> probe;
    private readonly Option<string?> format;
    private readonly CacheFlags cache;
    private readonly ExpertsFlag experts;
    private readonly SparseFlag sparse;

    private BenchCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(models = Flag.Texts("--model", ["-m"], "FILE", "GGUF model file, several times (default: the built-in model)"));
        command.Add(prompts = Flag.Texts("--n-prompt", ["-p"], "N,...", "tokens of a prompt to read (default: 512; 0: none)"));
        command.Add(generations = Flag.Texts("--n-gen", ["-n"], "N,...", "tokens to generate (default: 128; 0: none)"));
        command.Add(depths = Flag.Texts("--n-depth", ["-d"], "N,...", "tokens that stand before the test (default: 0)"));
        command.Add(threads = Flag.Texts("--threads", ["-t"], "N,...", "threads that compute (default: one a physical core)"));
        command.Add(batch = Flag.Integer("--batch-size", ["-b"], "most tokens of one pass (default: 512)", 1, 65536));
        command.Add(repetitions = Flag.Integer("--repetitions", ["-r"], "how often each test is repeated (default: 5)", 1, 10_000));
        command.Add(probe = Flag.Switch("--probe", [], "measure this machine and the kernels instead of a model"));
        command.Add(format = Flag.Text("--output", ["-o"], "FORMAT", "md, csv or json (default: md)"));
        cache = new CacheFlags(command);
        experts = new ExpertsFlag(command);
        sparse = new SparseFlag(command);
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var bench = new BenchCommand(command, terminal);
        command.SetAction(bench.Run);
    }

    private int Run(ParseResult line)
    {
        var report = BenchReport.Create(line.GetValue(format) ?? "md", terminal.Output);
        var tests = Tests(line);
        int[] threadCounts = List(line, threads, "-t", ProcessorTopology.DefaultThreads, 1, RuntimeFlags.MaxThreads);
        string[] files = line.GetValue(models) is { Length: > 0 } given ? given : [EmbeddedModel.Name];
        var kernels = RuntimeFlags.Kernels();
        if (line.GetValue(probe))
        {
            foreach (int count in threadCounts)
                new KernelProbe(kernels, count, terminal.Output).Run();
            return ExitCodes.Success;
        }

        foreach (int count in threadCounts)
        {
            foreach (string file in files)
            {
                var options = new HearthModelOptions
                {
                    Kernels = kernels,
                    Threads = count,
                    BatchSize = line.GetValue(batch) ?? new HearthModelOptions().BatchSize,
                    ContextLength = tests.Max(test => test.Positions),
                    CacheTypeK = cache.Keys(line),
                    CacheTypeV = cache.Values(line),
                    ExpertsMemory = experts.Bytes(line),
                    Sparsity = sparse.Mode(line),
                    SparsityProfile = sparse.Profile(line),
                };
                Measure(file, options, tests, line.GetValue(repetitions) ?? 5, report);
            }
        }

        report.End();
        return ExitCodes.Success;
    }

    private void Measure(
        string name,
        HearthModelOptions options,
        List<BenchTest> tests,
        int repetitions,
        BenchReport report)
    {
        ModelSummary? summary = null;
        using var loaded = LoadedModel.Load(
            () =>
            {
                var file = name == EmbeddedModel.Name ? EmbeddedModel.Open() : ModelFile.Open(name);
                summary = ModelSummary.Read(file);
                return file;
            },
            options,
            terminal);
        using var runner = new BenchRunner(loaded.Model);
        foreach (var test in tests)
        {
            var begun = DateTimeOffset.UtcNow;
            long start = Stopwatch.GetTimestamp();
            do
                runner.Run(test);
            while (Stopwatch.GetElapsedTime(start) < WarmUp);

            var samples = new BenchSample[repetitions];
            for (int i = 0; i < repetitions; i++)
                samples[i] = runner.Run(test);
            report.Add(new BenchResult
            {
                ModelName = name,
                Model = summary!,
                Options = options,
                Rung = loaded.Model.Kernels.Rung,
                Threads = loaded.Model.Threads,
                Test = test,
                Time = begun,
                Samples = samples,
                WeightBytesPerToken = summary!.WeightBytesPerToken + loaded.Model.SparseLayers.Sum(layer => layer.BytesAdded),
            });
        }

        if (SparsityNote.Activity(loaded.Model) is { } activity)
            terminal.Error.WriteLine($"hearth: neurons: {activity}");
    }

    private List<BenchTest> Tests(ParseResult line)
    {
        const int most = 1 << 20;
        var tests = new List<BenchTest>();
        foreach (int depth in List(line, depths, "-d", 0, 0, most))
        {
            tests.AddRange(List(line, prompts, "-p", 512, 0, most).Where(n => n > 0).Select(n => new BenchTest(n, 0, depth)));
            tests.AddRange(List(line, generations, "-n", 128, 0, most).Where(n => n > 0).Select(n => new BenchTest(0, n, depth)));
        }

        return tests.Count > 0 ? tests : throw new CommandException("There is nothing to measure: -p and -n are both 0.");
    }

    /// <summary>Numbers separated by commas, or by giving the flag several times.</summary>
    private static int[] List(ParseResult line, Option<string[]> option, string flag, int fallback, int minimum, int maximum)
    {
        var numbers = new List<int>();
        foreach (string text in line.GetValue(option) ?? [])
        {
            foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            {
                int number = Flag.ToInteger(flag, part);
                if (number < minimum || number > maximum)
                    throw new CommandException($"{flag} {number} is not within {minimum} and {maximum}.");
                numbers.Add(number);
            }
        }

        return numbers.Count > 0 ? [.. numbers] : [fallback];
    }
}

using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sessions;
using Hearth.Kernels;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Threading;

namespace Hearth.Cli.Commands;

/// <summary>How a model is loaded and computed: threads, context, batch, cache, adapters.</summary>
internal sealed class RuntimeFlags
{
    /// <summary>The flag that is looked for even when the command line cannot be read.</summary>
    public const string VerboseName = "--verbose";

    private readonly Option<int?> threads;
    private readonly Option<int?> context;
    private readonly Option<int?> batch;
    private readonly CacheFlags cache;
    private readonly ExpertsFlag experts;
    private readonly SparseFlag sparse;
    private readonly AlterationFlags alterations;
    private readonly Option<bool> verbose;

    /// <summary>Gives a command the flags.</summary>
    public RuntimeFlags(Command command)
    {
        Model = new ModelFlag(command);
        command.Add(threads = Flag.Integer(
            "--threads", ["-t"], "threads that compute (default: one a physical core)", 1, MaxThreads));
        command.Add(context = Flag.Integer(
            "--ctx-size", ["-c"], "positions of the context (default: the model's own, at most 4096; 0: the model's own)"));
        command.Add(batch = Flag.Integer("--batch-size", ["-b"], "most tokens of one pass over the prompt (default: 512)", 1, 65536));
        cache = new CacheFlags(command);
        experts = new ExpertsFlag(command);
        sparse = new SparseFlag(command);
        alterations = new AlterationFlags(command);
        command.Add(verbose = Flag.Switch(VerboseName, ["-v"], "timings and memory on standard error, stack traces of errors"));
    }

    /// <summary>The most threads: four a processor, where that is more than 64, and never more than 512.</summary>
    public static int MaxThreads => Math.Min(Math.Max(64, 4 * ProcessorTopology.LogicalProcessors), 512);

    /// <summary>Which model.</summary>
    public ModelFlag Model { get; }

    /// <summary>The kernels that HEARTH_ISA names, or the best.</summary>
    /// <exception cref="CommandException">It names none of this machine's.</exception>
    public static KernelSet Kernels()
    {
        try
        {
            return RungSelection.FromEnvironment();
        }
        catch (NotSupportedException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage, e);
        }
    }

    /// <summary>Whether the user wants to know more.</summary>
    public bool IsVerbose(ParseResult line) => line.GetValue(verbose);

    /// <summary>What the flags say.</summary>
    public HearthModelOptions Options(ParseResult line) => new()
    {
        Kernels = Kernels(),
        Threads = line.GetValue(threads),
        ContextLength = line.GetValue(context),
        BatchSize = line.GetValue(batch) ?? new HearthModelOptions().BatchSize,
        CacheTypeK = cache.Keys(line),
        CacheTypeV = cache.Values(line),
        ExpertsMemory = experts.Bytes(line),
        Sparsity = sparse.Mode(line),
        SparsityProfile = sparse.Profile(line),
        Adapters = alterations.Adapters(line),
        MetadataOverrides = alterations.Overrides(line),
    };

    /// <summary>Loads the model, with a progress bar where a person watches.</summary>
    /// <exception cref="Hearth.Engine.InvalidModelException">The model cannot be loaded.</exception>
    public LoadedModel Load(ParseResult line, Terminal terminal, HearthModelOptions options)
    {
        bool warns = terminal.ErrorIsTerminal || IsVerbose(line);
        int processors = ProcessorTopology.LogicalProcessors;
        if (warns && options.Threads > processors)
            terminal.Error.WriteLine($"hearth: {options.Threads} threads share {Units.Of(processors, "processor")}; fewer are faster.");
        var loaded = LoadedModel.Load(() => Model.Open(line), options, terminal);
        int trained = loaded.Model.Shape.ContextLength;
        if (warns && loaded.Model.ContextLength > trained)
            terminal.Error.WriteLine($"hearth: the model was trained for {trained} positions; beyond them it may talk nonsense.");
        return loaded;
    }
}

using Hearth.Cli.Commands;
using Hearth.Kernels.Isa;

namespace Hearth.Cli.Rendering;

/// <summary>Writes results of the benchmark, each as soon as it is there.</summary>
internal abstract class BenchReport
{
    private bool begun;

    /// <summary>Makes a report.</summary>
    /// <param name="format">md, csv or json.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="CommandException">There is no such format.</exception>
    public static BenchReport Create(string format, TextWriter output) => format switch
    {
        "md" => new MarkdownBenchReport(output),
        "csv" => new CsvBenchReport(output),
        "json" => new JsonBenchReport(output),
        _ => throw new CommandException($"-o {format} is no format; there are md, csv and json."),
    };

    /// <summary>Writes a result, and before the first one what stands above it: a model that cannot be loaded gets no table.</summary>
    public void Add(BenchResult result)
    {
        if (!begun)
            Begin();
        begun = true;
        Write(result);
    }

    /// <summary>Ends.</summary>
    public virtual void End()
    {
    }

    /// <summary>Writes what stands above the results.</summary>
    protected abstract void Begin();

    /// <summary>Writes a result.</summary>
    protected abstract void Write(BenchResult result);

    /// <summary>Architecture, size and type: nemotron 5.38 M Q8_0, or llama 7.24 B IQ2_XS (expanded to 3.6 bits).</summary>
    protected static string ModelType(BenchResult result)
        => $"{Printable.Line(result.Model.Architecture)} {Units.Count(result.Model.Parameters)} {Units.MainType(result.Model)}";

    /// <summary>The rung as HEARTH_ISA spells it.</summary>
    protected static string RungName(BenchResult result) => RungSelection.Name(result.Rung);
}

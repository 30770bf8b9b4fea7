using System.Diagnostics;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary>A model and how long it took to load.</summary>
internal sealed record LoadedModel(HearthModel Model, TimeSpan LoadTime) : IDisposable
{
    /// <summary>Loads a model, with a progress bar where a person watches.</summary>
    /// <exception cref="Hearth.Engine.InvalidModelException">The model cannot be loaded.</exception>
    public static LoadedModel Load(Func<GgufFile> open, HearthModelOptions options, Terminal terminal)
    {
        long start = Stopwatch.GetTimestamp();
        var file = open();
        HearthModel model;
        using (var bar = new LoadingBar(terminal, file.Name))
            model = HearthModel.Load(file, options, bar);

        // Not for people at a terminal alone: whoever measures in a pipe should know that it is the disk that is measured.
        if (MemoryNote.Of(model) is { } note)
            terminal.Error.WriteLine($"hearth: {Printable.Line(note)}");
        if (SparsityNote.Of(model, options.Sparsity, options.SparsityProfile != null) is { } sparsity)
            terminal.Error.WriteLine($"hearth: {Printable.Line(sparsity)}");
        return new LoadedModel(model, Stopwatch.GetElapsedTime(start));
    }

    public void Dispose() => Model.Dispose();
}

using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>softmax(output x): the probabilities of labels, as a decoder made into a judge has them ("yes", "no").</summary>
/// <param name="Output">[labels, width].</param>
public sealed record LabelProbabilities(Linear Output) : IRowMap
{
    /// <summary>Loads <c>cls.output</c>.</summary>
    /// <returns>The head, or null where the file has none.</returns>
    /// <exception cref="InvalidModelException">The tensor is of the wrong shape.</exception>
    public static LabelProbabilities? Load(ModelLoader loader, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        const string name = "cls.output";
        return loader.Has(name + ".weight") ? new LabelProbabilities(loader.Linear(name, loader.RowsOf(name + ".weight"), width)) : null;
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = Output.Apply(pass, x);
        pass.Cpu.Softmax(y);
        return y;
    }
}

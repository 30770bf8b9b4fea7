using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>What makes scores of a text's state: output(norm(activation(dense(x)))), of which a file may lack parts.</summary>
/// <param name="Dense">[inner, width], with the activation behind it; null for none.</param>
/// <param name="Activation">The function behind it.</param>
/// <param name="Norm">[inner], or null for none.</param>
/// <param name="Output">[labels, inner]; null where the inner values are the labels.</param>
public sealed record ClassificationHead(Linear? Dense, Activation Activation, INorm? Norm, Linear? Output) : IRowMap
{
    /// <summary>Loads <c>cls</c>, <c>cls.norm</c> and <c>cls.output</c>.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="width">Floats of a text's state.</param>
    /// <param name="activation">The function behind the first matrix.</param>
    /// <param name="epsilon">Of the norm.</param>
    /// <returns>The head, or null where the file has none.</returns>
    /// <exception cref="InvalidModelException">A tensor is of the wrong shape.</exception>
    public static ClassificationHead? Load(ModelLoader loader, int width, Activation activation, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var dense = Optional(loader, "cls", width);
        int inner = dense?.Outputs ?? width;
        var norm = loader.Has("cls.norm.weight") ? loader.LayerNorm("cls.norm", inner, epsilon) : null;
        var output = Optional(loader, "cls.output", inner);
        return dense == null && output == null ? null : new ClassificationHead(dense, activation, norm, output);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (Dense != null)
        {
            x = Dense.Apply(pass, x);
            pass.Cpu.Activate(Activation, x);
        }

        if (Norm != null)
            x = Norm.Apply(pass, x);
        return Output == null ? x : Output.Apply(pass, x);
    }

    private static Linear? Optional(ModelLoader loader, string name, int width)
        => loader.Has(name + ".weight") ? loader.Linear(name, loader.RowsOf(name + ".weight"), width) : null;
}

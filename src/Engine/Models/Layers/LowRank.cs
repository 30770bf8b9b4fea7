using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>up(activation(down x)) through a narrow middle, as RWKV computes its gates and decays.</summary>
/// <param name="Down">[rank, width].</param>
/// <param name="Activation">The function between; null for none.</param>
/// <param name="Up">[width, rank], with what is learned without an input as its bias.</param>
public sealed record LowRank(Linear Down, Activation? Activation, Linear Up)
{
    /// <summary>Loads <c>name1</c>, <c>name2</c> and, as the bias, <c>name0</c> where the file has it.</summary>
    public static LowRank Load(ModelLoader loader, string name, int width, Activation? activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int rank = loader.RowsOf(name + "1.weight");
        return new LowRank(
            loader.Linear(name + "1", rank, width),
            activation,
            new Linear(loader.Matrix(name + "2.weight", width, rank), loader.OptionalVector(name + "0.weight", width)));
    }

    /// <summary>[n, width], in new rows.</summary>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Up.Outputs);
        using var scope = pass.Cpu.Scope();
        var middle = Down.Apply(pass, x);
        if (Activation is { } function)
            pass.Cpu.Activate(function, middle);
        Up.Apply(pass, middle, y);
        return y;
    }
}

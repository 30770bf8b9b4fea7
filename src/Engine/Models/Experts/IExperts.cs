using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Experts;

/// <summary>The experts of a layer, wherever they are.</summary>
public interface IExperts
{
    /// <summary>How many.</summary>
    int Count { get; }

    /// <summary>Says that an expert will be applied soon, so that it can be on its way already.</summary>
    void Expect(int expert);

    /// <summary>What an expert makes of its tokens.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="expert">Which one.</param>
    /// <param name="x">[n, inputs].</param>
    /// <returns>[n, outputs], rented.</returns>
    Rows Apply(ForwardPass pass, int expert, Rows x);
}

namespace Hearth.Engine.Models.Layers;

/// <summary>How router logits become scores.</summary>
public enum RouterScore
{
    /// <summary>Softmax over all experts.</summary>
    Softmax,

    /// <summary>Sigmoid of each.</summary>
    Sigmoid,

    /// <summary>The logits choose; softmax over the chosen ones weighs.</summary>
    SoftmaxOfChosen,

    /// <summary>The logits choose; the sigmoid of each chosen one weighs.</summary>
    SigmoidOfChosen,
}

namespace Hearth.Engine.Models;

/// <summary>What passes give for the tokens that want something.</summary>
public enum PassOutput
{
    /// <summary>One number per vocabulary entry: [outputs, vocabulary].</summary>
    Logits,

    /// <summary>The token's state after the last norm, which embeddings are made of: [outputs, width].</summary>
    States,
}

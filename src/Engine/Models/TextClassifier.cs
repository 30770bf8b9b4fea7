using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sessions;

namespace Hearth.Engine.Models;

/// <summary>How a model scores a text: from which of its tokens' states, and by what.</summary>
/// <param name="Pooling">How the states become one.</param>
/// <param name="Head">Scores of that one; the first is the text's.</param>
public sealed record TextClassifier(Pooling Pooling, IRowMap Head)
{
    /// <summary>The classifier with a head, or null where a file has no head.</summary>
    public static TextClassifier? Of(Pooling pooling, IRowMap? head) => head == null ? null : new TextClassifier(pooling, head);
}

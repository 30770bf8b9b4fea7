namespace Hearth.Kernels.Attention;

/// <summary>Consecutive tokens of one sequence in a batch.</summary>
/// <param name="FirstRow">The row of the first token.</param>
/// <param name="Count">Tokens.</param>
/// <param name="FirstPosition">Position of the first token in its sequence.</param>
/// <param name="Pages">The sequence's page numbers, covering at least FirstPosition + Count positions.</param>
/// <param name="State">The sequence's slot of recurrent states; -1 in a model without.</param>
public readonly record struct AttentionSpan(int FirstRow, int Count, int FirstPosition, int[] Pages, int State = -1);

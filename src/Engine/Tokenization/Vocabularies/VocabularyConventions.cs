namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>
/// What files leave unsaid: tokens that everybody knows by their text, and the white space that some families' tokens swallow.
/// </summary>
/// <remarks>Facts of the GGUF ecosystem, as llama.cpp v0.5.0 applies them when it loads a vocabulary.</remarks>
internal static class VocabularyConventions
{
    /// <summary>Tokens that end a turn, in order of preference.</summary>
    public static readonly string[] EndOfTurn =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
        "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ];

    /// <summary>Tokens that end a message and wait for a tool.</summary>
    public static readonly string[] EndOfMessage = ["<|eom_id|>"];

    /// <summary>Tokens after which generation stops.</summary>
    public static readonly string[] EndOfGeneration =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>",
        "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>",
        "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    ];

    /// <summary>Tokens that files call control tokens although a reader is meant to see them.</summary>
    public static readonly string[] Shown = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

    public static readonly string[] InfillPrefix =
    [
        "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>",
    ];

    public static readonly string[] InfillSuffix =
    [
        "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>",
    ];

    public static readonly string[] InfillMiddle =
    [
        "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>",
    ];

    public static readonly string[] InfillPad = ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"];

    public static readonly string[] InfillRepository = ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"];

    public static readonly string[] InfillFile = ["<|file_sep|>"];

    /// <summary>All of these texts.</summary>
    public static readonly PieceTable All = CreateTable(
        EndOfTurn, EndOfMessage, EndOfGeneration, Shown, InfillPrefix, InfillSuffix, InfillMiddle, InfillPad, InfillRepository, InfillFile);

    private static PieceTable CreateTable(params string[][] lists)
    {
        var texts = new Utf8List(128);
        foreach (var list in lists)
        {
            foreach (var text in list) texts.Add(text);
        }

        var table = new PieceTable(texts, texts.Count);
        for (var i = 0; i < texts.Count; i++) table.Add(i);
        return table;
    }
}

using System.Text.RegularExpressions;
using static Hearth.Engine.Tokenization.PreTokenization.PreTokenizerPatterns;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>The pre-tokenizers that vocabularies name in <c>tokenizer.ggml.pre</c>.</summary>
/// <remarks>Names, expressions and flags are facts of the models' publishers, collected by llama.cpp v0.5.0.</remarks>
internal static class PreTokenizerCatalog
{
    /// <summary>The name that stands for "unknown" in old files.</summary>
    public const string Default = "default";

    /// <summary>Looks up a name; <see langword="null"/> for one that is not in the table.</summary>
    public static PreTokenizerRules? Find(string name) => name switch
    {
        Default => Clean(DefaultPunctuation, Gpt2, Numbers, ThreeDigits),

        "gpt-2" or "phi-2" or "jina-es" or "jina-de" or "gigachat" or "jina-v2-es" or "jina-v2-de" or "a.x-4.0" or "mellum"
            or "modern-bert" or "exaone4" or "mpt" or "olmo" or "jais" => Clean(Gpt2),
        "jina-v1-en" or "jina-v2-code" or "roberta-bpe" => Clean(Gpt2) with { AddSeparator = true },
        "trillion" or "granite-docling" => Plain(Gpt2),
        "starcoder" or "refact" or "codeshell" or "exaone" or "minerva-7b" or "mellum2" => Clean(Number, Gpt2),
        "command-r" or "smollm" => Plain(Number, Gpt2),
        "falcon" => Clean(FalconPunctuation, Gpt2, ThreeDigits),
        "chameleon" => Plain(ChameleonSentinel, ChameleonImage, ChameleonIndent, Number, ChameleonPunctuation, Gpt2) with { AddBos = true },

        "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "falcon-h1" or "pixtral" or "midm-2.0" or "lfm2" or "jina-v5-nano"
            => Clean(Llama3) with { IgnoreMerges = true, AddBos = true },
        "dbrx" or "smaug-bpe" or "glm4" or "chatglm-bpe" => Clean(Llama3),
        "minicpm5" => Clean(NumbersByThree, MiniCpm5) with { IgnoreMerges = true },
        "jais-2" => Clean(Jais2),

        "stablelm2" or "megrez" => Clean(Qwen2),
        "qwen2" or "deepseek-r1-qwen" or "kormo" or "f2llmv2" or "hunyuan" or "grok-2" or "solar-open" => Plain(Qwen2),
        "qwen35" => Plain(Qwen35),
        "laguna" => Plain(Lines, Qwen2),
        "ufakzeka" => Plain(Ufakzeka),
        "bailingmoe" or "bailingmoe2" or "llada-moe" => Plain(BailingMoe),
        "seed-coder" => Plain(SeedCoder),
        "exaone-moe" => Clean(ExaoneMoe),

        "deepseek-llm" => Plain(LineBreak, DeepSeekWord, DeepSeekPunctuation, SpacesAtEnd, DeepSeekCjk, Numbers),
        "deepseek-coder" => Plain(LineBreak, SpacedWord, SpacedPunctuation, DeepSeekCjk, Number),
        "deepseek-v3" or "hunyuan-dense" or "hy_v4" or "joyai-llm" => Plain(NumbersByThree, CjkRun, DeepSeek3),
        "spark2_5" => Plain(NumbersByThree, CjkRun, Spark, Number),

        "tekken" => Plain(Tekken) with { IgnoreMerges = true, AddBos = true },
        "gpt-4o" or "llama4" or "kanana2" or "talkie" or "minimax-m2" => Plain(Gpt4o),
        "granite-embed-multi-97m" => Plain(GraniteMultilingual) with { IgnoreMerges = true },
        "youtu" => Plain(YoutuScripts, Youtu) with { IgnoreMerges = true },
        "kimi-k2" => Plain(new PreTokenizer(new RegexPass(KimiK2)) { KnowsHan = true }),

        "afmoe" => Plain(new PreTokenizer(
            new DigitGroupsPass(char.IsNumber, endsRuns: true), new RegexPass(AfmoeScripts), new RegexPass(DeepSeek3))),
        "tiny_aya" or "cohere2moe" => Plain(new PreTokenizer(
            new DigitGroupsPass(char.IsNumber, endsRuns: true), new RegexPass(TinyAya))),
        "superbpe" => Plain(new PreTokenizer(
            new RegexPass(Numbers), new DigitGroupsPass(char.IsAsciiDigit, endsRuns: false))),

        "bloom" or "gpt3-finnish" => Clean(Bloom),
        "poro-chat" => Plain(Bloom),
        "viking" => Plain(Bloom, Number),

        "gemma4" or "granite-embed-multi-311m" => Clean(Lines) with
        {
            EscapeSpaces = true,
            ByteLevel = false,
            AlwaysAddsBos = true,
        },
        "sarvam-moe" => Plain(Lines) with { EscapeSpaces = true, ByteLevel = false },
        "whitespace" => Clean(NotSpaces) with { ByteLevel = false },
        _ => null,
    };

    private static PreTokenizerRules Clean(params Regex[] expressions) => Plain(expressions) with { CleanSpaces = true };

    private static PreTokenizerRules Plain(params Regex[] expressions)
        => Plain(new PreTokenizer(Array.ConvertAll<Regex, SplitPass>(expressions, expression => new RegexPass(expression))));

    private static PreTokenizerRules Plain(PreTokenizer preTokenizer) => new(preTokenizer);
}

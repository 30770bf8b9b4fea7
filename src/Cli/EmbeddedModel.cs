using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sampling;

namespace Hearth.Cli;

/// <summary>The model inside this program, used where no -m is given: a story teller of five million parameters.</summary>
internal static class EmbeddedModel
{
    /// <summary>What messages call it.</summary>
    public const string Name = "hearth-tales-5M (built in)";

    /// <summary>What it is, for help texts.</summary>
    public const string Description =
        "the built-in hearth-tales-5M: a story teller of 5 million parameters; its sentences hold, its plots wander";

    private const string Resource = "hearth-tales-5M-Q8_0.gguf";

    /// <summary>What its makers recommend: from a temperature of 0.7 up it invents words.</summary>
    public static SamplerSettings Sampling { get; } = new() { Temperature = 0.5f, TopK = 40, TopP = 0.9f };

    /// <summary>Opens it where it lies in this assembly, without a copy.</summary>
    public static GgufFile Open()
        => typeof(EmbeddedModel).Assembly.GetManifestResourceStream(Resource) is UnmanagedMemoryStream stream
            ? GgufFile.FromMemory(Name, stream)
            : throw new InvalidOperationException("This build of hearth carries no model; name one with -m.");
}

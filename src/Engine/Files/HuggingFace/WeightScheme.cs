namespace Hearth.Engine.Files.HuggingFace;

/// <summary>How a folder's weights are quantised: what can be read, and what is refused by its name.</summary>
internal static class WeightScheme
{
    private const string Remedy = "take the model's original folder, one in FP8, or a GGUF file of it";

    /// <summary>Endings of tensors that only a scheme has that is not read.</summary>
    private static readonly (string Ending, string Name)[] Traces =
    [
        (".qweight", "GPTQ or AWQ"), (".weight_packed", "compressed-tensors with packed integers"), (".absmax", "bitsandbytes"),
        (".SCB", "bitsandbytes"),
    ];

    /// <summary>Refuses what cannot be read, and says how the scales of the rest lie.</summary>
    /// <returns>Rows and columns that share a scale where the configuration says; null where the scales' shape does.</returns>
    /// <exception cref="InvalidModelException">The weights are quantised in a way that is not read.</exception>
    public static (int Rows, int Columns)? Check(ModelConfig config, FolderTensors tensors)
    {
        var scheme = config.Part("quantization_config|compression_config");
        if (scheme is not null)
            CheckMethod(config, scheme);
        foreach (var (ending, name) in Traces)
        {
            if (tensors.FirstEndingIn(ending) is { } tensor)
                throw config.Unsupported($"the weights are quantised by {name} (there is a tensor {tensor}), which Hearth does not read; {Remedy}");
        }

        return BlockOf(scheme);
    }

    private static void CheckMethod(ModelConfig config, ModelConfig scheme)
    {
        string method = scheme.Text("quant_method") ?? "";
        string format = scheme.Text("format") ?? scheme.Text("quant_algo") ?? "";
        bool isRead = method switch
        {
            "fp8" or "fbgemm_fp8" or "mxfp4" => true,
            "compressed-tensors" => format is "float-quantized" or "int-quantized" or "naive-quantized" or "dense",
            "modelopt" => format is "FP8" or "fp8",
            _ => false,
        };
        if (!isRead)
        {
            string name = (method switch
            {
                "gptq" => "GPTQ",
                "awq" => "AWQ",
                "" => "a method without a name",
                _ => method,
            }) + (format.Length > 0 ? $" ({format})" : "");
            throw config.Unsupported($"the weights are quantised by {name}, which Hearth does not read; {Remedy}");
        }
    }

    private static (int Rows, int Columns)? BlockOf(ModelConfig? scheme)
    {
        if (scheme?.Text("quant_method") != "fp8")
            return null;
        return scheme.Numbers("weight_block_size") is [var rows, var columns] && rows is >= 1 and < 1 << 20 && columns is >= 1 and < 1 << 20
            ? ((int)rows, (int)columns)
            : (128, 128);
    }
}

using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// AltUp (Baykal et al. 2023): every stream of a state is predicted from all of them, a layer computes on the first alone, and what it changed
/// corrects the others. What is mixed with what depends on the first stream, through a small router.
/// </summary>
/// <param name="Streams">Streams of a state.</param>
/// <param name="Layer">Computes the first stream: attention and feed-forward with their residuals.</param>
/// <param name="RouterNorm">Norm of what the router reads.</param>
/// <param name="Router">[streams, width].</param>
/// <param name="Predict">[streams x streams, streams].</param>
/// <param name="Correct">[streams, streams].</param>
/// <param name="CorrectScale">[width], of the corrected first stream, for the last branch only.</param>
/// <param name="Branch">What is added to every stream but the first.</param>
public sealed record AltUpLayer(
    int Streams,
    IDecoderLayer Layer,
    INorm RouterNorm,
    Linear Router,
    Linear Predict,
    Linear Correct,
    FloatVector CorrectScale,
    ISublayer Branch) : IDecoderLayer
{
    /// <summary>Loads the <c>altup</c> tensors of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static AltUpLayer Load(ModelLoader loader, string name, int streams, int width, float epsilon, IDecoderLayer layer, ISublayer branch)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new AltUpLayer(
            streams,
            layer,
            loader.RmsNorm(name + "altup_router_norm", width, epsilon),
            loader.Linear(name + "altup_router", streams, width),
            loader.Linear(name + "altup_predict_coef", streams * streams, streams),
            loader.Linear(name + "altup_correct_coef", streams, streams),
            loader.Vector(name + "altup_correct_scale.weight", width),
            branch);
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Layer.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        int width = x.Width / Streams;
        using var scope = cpu.Scope();
        PredictStreams(pass, x, width);
        var active = cpu.Rent(x.Count, width);
        cpu.Copy(Stream(x, 0, width), active);
        active = Layer.Forward(pass, active, isLast: false);
        CorrectStreams(pass, active, x, width);
        cpu.Copy(Stream(x, 0, width), active);
        cpu.MultiplyBy(CorrectScale, active);
        var added = Branch.Apply(pass, active);
        for (int stream = 1; stream < Streams; stream++)
            cpu.Add(added, Stream(x, stream, width));
        return x;
    }

    /// <summary>Stream i becomes itself plus the sum of all streams j, each times coefficient [i, j].</summary>
    private void PredictStreams(ForwardPass pass, Rows x, int width)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var factors = Predict.Apply(pass, Modalities(pass, Stream(x, 0, width)));
        var before = cpu.Rent(x.Count, x.Width);
        var scaled = cpu.Rent(x.Count, width);
        cpu.Copy(x, before);
        for (int to = 0; to < Streams; to++)
        {
            for (int from = 0; from < Streams; from++)
                AddScaled(cpu, Stream(before, from, width), factors.Columns((to * Streams) + from, 1), scaled, Stream(x, to, width));
        }
    }

    /// <summary>Every stream moves with the first, by its own coefficient plus 1.</summary>
    private void CorrectStreams(ForwardPass pass, Rows active, Rows x, int width)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var factors = Correct.Apply(pass, Modalities(pass, active));
        var change = cpu.Rent(x.Count, width);
        var scaled = cpu.Rent(x.Count, width);
        cpu.Copy(active, change);
        cpu.AddScaled(Stream(x, 0, width), -1, change);
        for (int stream = 0; stream < Streams; stream++)
        {
            AddScaled(cpu, change, factors.Columns(stream, 1), scaled, Stream(x, stream, width));
            cpu.Add(change, Stream(x, stream, width));
        }
    }

    private Rows Modalities(ForwardPass pass, Rows active)
    {
        var routed = Router.Apply(pass, RouterNorm.Apply(pass, active));
        pass.Cpu.Scale(routed, 1f / active.Width);
        pass.Cpu.Activate(Activation.Tanh, routed);
        return routed;
    }

    private static void AddScaled(Cpu cpu, Rows x, Rows factors, Rows scaled, Rows y)
    {
        cpu.Copy(x, scaled);
        cpu.ScaleRows(scaled, factors);
        cpu.Add(scaled, y);
    }

    private static Rows Stream(Rows x, int stream, int width) => x.Columns(stream * width, width);
}

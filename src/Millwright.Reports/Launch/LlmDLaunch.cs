using System.Globalization;
using System.Text;
using Millwright.Performance;

namespace Millwright.Reports.Launch;

/// <summary>Writes values for the Helm chart llm-d-modelservice, whose containers run <c>vllm serve</c>.</summary>
internal static class LlmDLaunch
{
    // room for the weights and their download
    private const double VolumeShare = 1.2;

    /// <summary>Refuses layouts that the chart's plain pods cannot hold.</summary>
    public static void Check(LaunchPool pool)
    {
        LaunchCheck.ContextWays(pool, false, "the image of the pods holds no attention kernel that takes it");
        VllmLaunch.Check(pool);
        LaunchCheck.Require(
            pool.Hosts == 1,
            LaunchCheck.Text($"a replica of {pool.Layout.Chips} chips spans {pool.Hosts} hosts; the values written here hold one pod a replica"));
    }

    /// <summary>The values of all pools.</summary>
    public static LaunchFile Values(IReadOnlyList<LaunchPool> pools, string version, string vllmVersion)
    {
        LaunchPool first = pools[0];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Values of the Helm chart llm-d-modelservice {version}; arguments of vLLM as of version {vllmVersion}.\n");
        foreach (string comment in first.Comments("llm-d", version, quantisesOnLoad: true).Skip(2))
        {
            text.Append("# ").Append(comment).Append('\n');
        }

        double bytes = first.Model.WeightBytes(first.Precision.Dense, first.Precision.Experts);
        text.Append(CultureInfo.InvariantCulture, $"multinode: false\n\nmodelArtifacts:\n  name: \"{first.ModelName}\"\n  uri: \"hf://{first.ModelName}\"\n");
        text.Append(CultureInfo.InvariantCulture, $"  size: {Math.Ceiling(bytes * VolumeShare / Math.Pow(2, 30))}Gi\n  authSecretName: hf-token\n\n");
        text.Append(CultureInfo.InvariantCulture, $"accelerator:\n  type: {(IsAmd(first) ? "amd" : "nvidia")}\n\n");
        bool isSplit = pools.Count > 1;
        text.Append(CultureInfo.InvariantCulture, $"routing:\n  servicePort: 8000\n  proxy:\n    enabled: {(isSplit ? "true" : "false")}\n");
        if (isSplit)
        {
            text.Append("    targetPort: 8200\n    connector: nixlv2\n");
        }

        foreach (LaunchPool pool in pools)
        {
            Append(text, pool, isSplit, vllmVersion);
        }

        if (!isSplit)
        {
            text.Append("\nprefill:\n  create: false\n  replicas: 0\n");
        }

        return new LaunchFile("llm-d-values.yaml", text.ToString());
    }

    private static void Append(StringBuilder text, LaunchPool pool, bool isSplit, string vllmVersion)
    {
        ParallelLayout layout = pool.Layout;
        string role = pool.Role.Length > 0 ? pool.Role : "decode";
        text.Append(CultureInfo.InvariantCulture, $"\n{role}:\n  create: true\n  replicas: {pool.Replicas}\n  parallelism:\n    tensor: {layout.TensorWays}\n");
        text.Append(CultureInfo.InvariantCulture, $"    data: {layout.AttentionRanks}\n    dataLocal: {layout.AttentionRanks}\n    workers: 1\n");
        text.Append(CultureInfo.InvariantCulture, $"  containers:\n    - name: vllm\n      image: vllm/vllm-openai:v{vllmVersion}.0\n      modelCommand: vllmServe\n      args:\n");
        foreach (string argument in VllmLaunch.Command(pool, isHead: true).Arguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"        - '{argument.Replace("'", "''", StringComparison.Ordinal)}'\n");
        }

        if (isSplit)
        {
            text.Append("      env:\n        - name: VLLM_NIXL_SIDE_CHANNEL_HOST\n          valueFrom:\n            fieldRef:\n              fieldPath: status.podIP\n");
            text.Append("        - name: VLLM_NIXL_SIDE_CHANNEL_PORT\n          value: \"5600\"\n");
        }

        int port = isSplit && role == "decode" ? 8200 : 8000;
        text.Append(CultureInfo.InvariantCulture, $"      ports:\n        - containerPort: {port}\n          protocol: TCP\n");
        text.Append(CultureInfo.InvariantCulture, $"      resources:\n        limits:\n          {(IsAmd(pool) ? "amd.com/gpu" : "nvidia.com/gpu")}: \"{layout.Chips}\"\n");
        text.Append("      mountModelVolume: true\n");
    }

    private static bool IsAmd(LaunchPool pool) => pool.Deployment.System.Vendor.Equals("AMD", StringComparison.OrdinalIgnoreCase);
}

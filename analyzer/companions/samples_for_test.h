/* For tests: what Windows prints of ports, settings and shares, as shell windows show it. */
#ifndef SMBTRIAGE_COMPANIONS_SAMPLES_FOR_TEST_H
#define SMBTRIAGE_COMPANIONS_SAMPLES_FOR_TEST_H

#include <check.h>
#include <string.h>

#include "analyzer/companions/companion_read.h"

/* Reads the LENGTH bytes at CHARS in RET, for companion_free(), as FORMAT does. Whether it is of
 * that format; RET holds nothing else. */
static inline bool
read_sample(
    struct companion *ret, const struct companion_format *format, const char *chars, size_t length)
{
	struct companion_text text;
	struct error error;

	*ret = (struct companion){.file = "sample.txt"};
	if (!companion_text_of(
		&text, ret->file, (const uint8_t *)chars, length, &ret->arena, &error) ||
	    !format->recognises(&text))
		return false;
	format->read(&text, ret);
	return true;
}

#define NETSTAT_HEAD               \
	"\nActive Connections\n\n" \
	"  Proto  Local Address          Foreign Address        State           PID\n"

#define NETSTAT_SAMPLE                                                                  \
	NETSTAT_HEAD                                                                    \
	"  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       908\n"  \
	"  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\n"    \
	"  TCP    0.0.0.0:49664          0.0.0.0:0              LISTENING       664\n"  \
	"  TCP    10.20.0.5:139          0.0.0.0:0              LISTENING       4\n"    \
	"  TCP    10.20.0.5:445          10.20.7.31:50122       ESTABLISHED     4\n"    \
	"  TCP    127.0.0.1:49670        127.0.0.1:49671        ESTABLISHED     3100\n" \
	"  TCP    [::]:135               [::]:0                 LISTENING       908\n"  \
	"  TCP    [::]:445               [::]:0                 LISTENING       4\n"    \
	"  TCP    [::1]:9000             [::]:0                 LISTENING       3100\n" \
	"  TCP    [fe80::1c2d:3%4]:445   [fe80::99%4]:61000     TIME_WAIT       0\n"    \
	"  UDP    0.0.0.0:123            *:*                                    1212\n" \
	"  UDP    [fe80::1c2d:3%4]:1900  *:*                                    5040\n"

/* As `netstat -anob` of a German system writes it, in code page 850. */
#define NETSTAT_GERMAN_SAMPLE                                                               \
	"\r\nAktive Verbindungen\r\n\r\n"                                                   \
	"  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n"   \
	"  TCP    0.0.0.0:135            0.0.0.0:0              ABH\x99REN         908\r\n" \
	"  RpcSs\r\n"                                                                       \
	" [svchost.exe]\r\n"                                                                \
	"  TCP    0.0.0.0:445            0.0.0.0:0              ABH\x99REN         4\r\n"   \
	" Es konnten keine Besitzerinformationen abgerufen werden.\r\n"                     \
	"  TCP    0.0.0.0:49664          0.0.0.0:0              ABH\x99REN         664\r\n" \
	" [lsass.exe]\r\n"                                                                  \
	"  TCP    10.20.0.5:50210        10.20.0.9:445          HERGESTELLT     5520\r\n"   \
	" [explorer.exe]\r\n"                                                               \
	"  UDP    0.0.0.0:123            *:*                                    1212\r\n"   \
	"  W32Time\r\n"                                                                     \
	" [svchost.exe]\r\n"

#define NET_TCP_SAMPLE                                                                             \
	"PS C:\\> Get-NetTCPConnection\n\n"                                                        \
	"LocalAddress                        LocalPort RemoteAddress                       "       \
	"RemotePort "                                                                              \
	"State       AppliedSetting OwningProcess\n"                                               \
	"------------                        --------- -------------                       "       \
	"---------- "                                                                              \
	"-----       -------------- -------------\n"                                               \
	"::                                  49664     ::                                  0     " \
	"     "                                                                                    \
	"Listen                     664\n"                                                         \
	"::                                  445       ::                                  0     " \
	"     "                                                                                    \
	"Listen                     4\n"                                                           \
	"::                                  135       ::                                  0     " \
	"     "                                                                                    \
	"Listen                     908\n"                                                         \
	"fe80::1c2d:3%4                      50100     fe80::99%4                          445   " \
	"     "                                                                                    \
	"Established Internet       4\n"                                                           \
	"0.0.0.0                             50200     0.0.0.0                             0     " \
	"     "                                                                                    \
	"Bound                      3100\n"                                                        \
	"10.20.0.5                           139       0.0.0.0                             0     " \
	"     "                                                                                    \
	"Listen                     4\n"                                                           \
	"10.20.0.5                           50200     10.20.0.9                           443   " \
	"     "                                                                                    \
	"Established Internet       3100\n"                                                        \
	"\n\nPS C:\\>\n"

#define SERVER_SAMPLE                                                                  \
	"\n\n"                                                                         \
	"AnnounceComment                 : \n"                                         \
	"AnnounceServer                  : False\n"                                    \
	"AutoDisconnectTimeout           : 15\n"                                       \
	"EnableSMB1Protocol              : False\n"                                    \
	"EnableSMB2Protocol              : True\n"                                     \
	"EncryptData                     : True\n"                                     \
	"EncryptionCiphers               : AES_128_GCM, AES_128_CCM, AES_256_GCM, A\n" \
	"                                  ES_256_CCM\n"                               \
	"RejectUnencryptedAccess         : True\n"                                     \
	"RequireSecuritySignature        : False\n"                                    \
	"ValidateTargetName              : True\n"                                     \
	"\n\n\n"

#define SHARE_SAMPLE                                                        \
	"\nName              ScopeName Path                 Description\n"  \
	"----              --------- ----                 -----------\n"    \
	"ADMIN$            *         C:\\Windows           Remote Admin\n"  \
	"C$                *         C:\\                  Default share\n" \
	"Department Shares *         C:\\Department Shares \n"              \
	"IPC$              *                              Remote IPC\n"     \
	"projects          *         D:\\projects          \n"              \
	"\n\n"

/* With `Format-List *`, without the properties that tell nothing. */
#define SHARE_LIST_SAMPLE                                                               \
	"\n\nPresetPathAcl         : System.Security.AccessControl.DirectorySecurity\n" \
	"ShareState            : Online\n"                                              \
	"EncryptData           : True\n"                                                \
	"Name                  : payroll\n"                                             \
	"Path                  : D:\\payroll\n"                                         \
	"ScopeName             : *\n"                                                   \
	"SecurityDescriptor    : O:BAG:DUD:(A;;FA;;;S-1-5-21-219828122-4198910963-41\n" \
	"                        61819395-500)\n"                                       \
	"\n"                                                                            \
	"PresetPathAcl         : \n"                                                    \
	"ShareState            : Offline\n"                                             \
	"EncryptData           : False\n"                                               \
	"Name                  : IPC$\n"                                                \
	"Path                  : \n"                                                    \
	"ScopeName             : *\n"                                                   \
	"SecurityDescriptor    : \n"                                                    \
	"\n\n\n"

#endif
